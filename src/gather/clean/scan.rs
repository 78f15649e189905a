//! Finds the few bytes of a text that need a look, many bytes in one step.

/// Bytes looked at in one step.
const STEP: usize = 32;

/// Where the first byte is, from `from` on, that `needs_look` is true of; it is
/// asked of a byte and the one after it, 0 at the end, and had better be
/// arithmetic without a branch.
pub(super) fn first(
    bytes: &[u8],
    from: usize,
    needs_look: impl Fn(u8, u8) -> bool,
) -> Option<usize> {
    let mut at = from;
    while let (Some(step), Some(next)) = (bytes.get(at..at + STEP), bytes.get(at + 1..=at + STEP)) {
        let pairs = step.iter().zip(next);
        // All of them, without stopping: that is what makes it one step.
        if pairs.fold(false, |found, (byte, next)| {
            found | needs_look(*byte, *next)
        }) {
            break;
        }
        at += STEP;
    }
    let rest = bytes.get(at..)?;
    let next = rest.iter().skip(1).chain(&[0]);
    let found = rest
        .iter()
        .zip(next)
        .position(|(byte, next)| needs_look(*byte, *next))?;
    Some(at + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_is_looked_at() {
        for length in 0..100 {
            for at in 0..length {
                let mut bytes = vec![b'x'; length];
                bytes[at] = b'<';
                for from in 0..=length {
                    let found = first(&bytes, from, |byte, _| byte == b'<');
                    assert_eq!(found, (from <= at).then_some(at), "{length} {from}");
                    let before = first(&bytes, from, |_, next| next == b'<');
                    assert_eq!(before, (from < at).then(|| at - 1), "{length} {from}");
                }
            }
        }
        assert_eq!(first(b"x", 2, |_, _| true), None);
    }
}
