//! The end of the road: a claimed delivery becomes a message, a courier takes
//! it, and what the courier met decides what happens next.
//!
//! Deliberately absent: the store and the clock. Whoever calls records the
//! attempt before and after, and hands in the time.

pub mod bounce;
pub mod courier;
pub mod dns;
pub mod message;
pub mod retry;
pub mod sign;
