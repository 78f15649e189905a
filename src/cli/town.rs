//! What is wrong with a town an operator names: nobody knows it, or it lies
//! elsewhere.

use crate::model::region::Region;
use crate::text::city;
use crate::understand::place;

/// A town nobody knows would stand in no region and in no reader's tongue, and one
/// that lies elsewhere in two. `key` is what the region is said by.
pub fn wrong(town: &str, region: Option<Region>, key: &str) -> Option<String> {
    match (place::city(town), region) {
        (Some((_, Some(lies_in))), Some(said)) if lies_in != said => Some(format!(
            "{town} lies in {}, not in {}; leave {key} out, or name the place more exactly \
             if it is another of that name",
            lies_in.code(),
            said.code()
        )),
        (Some(_), _) | (None, Some(_)) => None,
        (None, None) => {
            let alike = match city::alike(town).as_slice() {
                [] => String::new(),
                alike => format!("did you mean {}? ", alike.join(", ")),
            };
            Some(format!(
                "no town is known as `{town}`; {alike}\
                 To take it as written, say where it lies: {key} KZ-71"
            ))
        }
    }
}
