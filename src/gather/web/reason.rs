//! The HTTP client's errors in an operator's words: what happened, not which
//! layer said so.

use std::error::Error;

use super::answer::TIMED_OUT;
use super::resolver::NameError;

/// Why no answer came. Never contains the address asked: the caller knows it.
pub(super) fn reason(error: &reqwest::Error) -> String {
    if let Some(name) = cause::<NameError>(error) {
        return name.to_string();
    }
    let root = root(error);
    if error.is_timeout() && error.is_connect() {
        return format!("{TIMED_OUT} while connecting");
    }
    if error.is_connect() {
        return format!("could not connect: {root}");
    }
    if error.is_timeout() {
        return TIMED_OUT.to_owned();
    }
    // The client's decompressor also passes on, as its own, that the connection broke.
    if error.is_decode() || error.is_body() {
        return format!("the body could not be read whole: {root}");
    }
    format!("no usable answer: {root}")
}

/// The first cause of type `T`.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        current = error.source();
    }
    None
}

/// What the innermost cause says.
fn root(error: &reqwest::Error) -> String {
    let mut current: &(dyn Error + 'static) = error;
    while let Some(inner) = current.source() {
        current = inner;
    }
    current.to_string()
}
