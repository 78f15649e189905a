//! Finds the few bytes of a text that need a look, many bytes in one step.

/// Where the first byte is, from `from` on, that `needs_look` is true of; it is
/// asked of a byte and the one after it, 0 at the end, and had better be
/// arithmetic without a branch.
pub(super) fn first(
    bytes: &[u8],
    from: usize,
    needs_look: impl Fn(u8, u8) -> bool,
) -> Option<usize> {
    let at = quiet::<32>(bytes, from, &needs_look);
    let at = quiet::<8>(bytes, at, &needs_look);
    let rest = bytes.get(at..)?;
    let next = |place: usize| rest.get(place + 1).copied().unwrap_or_default();
    let found = (0..rest.len()).find(|place| needs_look(rest[*place], next(*place)))?;
    Some(at + found)
}

/// How far from `from` on steps of so many bytes have none that needs a look.
fn quiet<const STEP: usize>(
    bytes: &[u8],
    from: usize,
    needs_look: &impl Fn(u8, u8) -> bool,
) -> usize {
    let mut at = from;
    while let Some(next) = bytes.get(at + 1..).and_then(<[u8]>::first_chunk::<STEP>) {
        let step = &bytes[at..at + STEP];
        // All of them, without stopping: that is what makes it one step.
        let mut found = false;
        for (byte, next) in step.iter().zip(next) {
            found |= needs_look(*byte, *next);
        }
        if found {
            break;
        }
        at += STEP;
    }
    at
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
