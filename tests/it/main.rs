//! The integration program. `journey.rs` is the test to read first.

mod architecture;
mod bounces;
mod correct;
mod crash;
mod dns;
mod doctor;
mod journey;
mod lists;
mod manners;
mod newsroom;
mod operator;
mod postgres;
mod relay;
mod signed;
mod site;
mod world;
