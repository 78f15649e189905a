//! The vocabulary of the house: values named by what is known about them.
//!
//! Deliberately absent: I/O, the clock, SQL, and any wire format. A value that
//! cannot be wrong (a region, a feed name, an address) is parsed once, here, and
//! never checked again further down the road.

pub mod article;
pub mod bounce;
pub mod change;
pub mod clients;
pub mod complaint;
pub mod correction;
pub mod count;
pub mod delivery;
pub mod digest;
pub mod draft;
pub mod event;
pub mod feed;
pub mod full_text;
pub mod health;
pub mod id;
pub mod in_vain;
pub mod language;
pub mod link;
pub mod mailing;
pub mod pace;
pub mod push;
pub mod reading;
pub mod region;
pub mod schedule;
pub mod sending;
pub mod share;
pub mod source;
pub mod story;
pub mod subscriber;
pub mod token;
pub mod topic;
pub mod verp;
