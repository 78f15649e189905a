//! The program. See `lib.rs` for the road.

fn main() {}
