//! The only place where stages meet.
pub mod timetable;
