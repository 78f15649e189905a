//! The integration program. `journey.rs` is the test to read first.

mod architecture;
mod crash;
mod journey;
mod manners;
mod operator;
mod postgres;
mod site;
mod world;
