//! The flat form of a record: one level of keys with plain values, so that two devices that create the same document merge.
//!
//! A collection inside a record is spread over keys `name/member`; nothing is nested, so no list or object can be lost to a
//! concurrent writer. Typed records are turned into fields and back through serde.

use std::collections::{BTreeMap, btree_map};
use std::fmt;
use std::iter::Peekable;
use std::ops::Bound;
use std::str::FromStr;

use serde::de::value::{self, BorrowedStrDeserializer, MapAccessDeserializer, MapDeserializer};
use serde::de::{DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, forward_to_deserialize_any};
use serde_json::Value;

/// A plain value of one field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// Cleared.
    Null,
    /// True or false.
    Bool(bool),
    /// Whole number; money is in fen, instants in milliseconds.
    Int(i64),
    /// Text, ids, option keys, days.
    Text(String),
}

impl Scalar {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Every stored record is read through this. What is derived for an untagged enum tries one variant after another, and words an error
/// for each that does not fit.
impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyScalar)
    }
}

struct AnyScalar;

impl Visitor<'_> for AnyScalar {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain value")
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Int(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Scalar, E> {
        i64::try_from(value).map(Scalar::Int).map_err(|_| E::custom("number too large"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(text))
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Scalar {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Scalar {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

/// All fields of a record, or the part of them that an edit writes.
pub type Fields = BTreeMap<String, Scalar>;

/// The field that names a document's kind.
pub const KIND_FIELD: &str = "kind";
/// The field that holds the version of its fields.
pub const VERSION_FIELD: &str = "v";
/// The field that names who created a record.
pub const AUTHOR_FIELD: &str = "author";

/// Whether a field has a value.
pub fn is_known(fields: &Fields, field: &str) -> bool {
    fields.get(field).is_some_and(|value| *value != Scalar::Null)
}

/// The text in a field.
pub fn text<'f>(fields: &'f Fields, field: &str) -> Option<&'f str> {
    fields.get(field).and_then(Scalar::as_text)
}

/// The whole number in a field.
pub fn number(fields: &Fields, field: &str) -> Option<i64> {
    match fields.get(field) {
        Some(Scalar::Int(number)) => Some(*number),
        _ => None,
    }
}

/// The id in a field, or whatever else is read from a text.
pub fn id<T: FromStr>(fields: &Fields, field: &str) -> Option<T> {
    text(fields, field)?.parse().ok()
}

/// What stands under a collection, such as `evidence/`, by the name of the member.
pub fn members_of<'f>(fields: &'f Fields, collection: &'f str) -> impl Iterator<Item = (&'f str, &'f Scalar)> {
    let from = fields.range::<str, _>((Bound::Included(collection), Bound::Unbounded));
    from.map_while(move |(key, value)| Some((key.strip_prefix(collection)?, value)))
}

/// The members of a set, such as `evidence/`, that are in it and can be read.
pub fn set_of<'f, T: FromStr>(fields: &'f Fields, collection: &'f str) -> impl Iterator<Item = T> + use<'f, T> {
    members_of(fields, collection).filter(|(_, value)| **value == Scalar::Bool(true)).filter_map(|(member, _)| member.parse().ok())
}

/// Why fields are not a record of a kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fields do not form the record: {0}")]
pub struct Misshapen(pub String);

/// Spreads a typed record over fields. Empty options are left out.
pub fn to_fields<T: Serialize>(record: &T) -> Result<Fields, Misshapen> {
    let Value::Object(object) = serde_json::to_value(record).map_err(|e| Misshapen(e.to_string()))? else {
        return Err(Misshapen("not an object".into()));
    };
    let mut fields = Fields::new();
    for (name, value) in object {
        match value {
            Value::Null => {}
            Value::Object(members) => {
                for (member, value) in members {
                    fields.insert(format!("{name}/{member}"), scalar(value)?);
                }
            }
            value => {
                fields.insert(name, scalar(value)?);
            }
        }
    }
    Ok(fields)
}

/// Gathers fields into a typed record. Fields it does not know are ignored: a newer version may have written them.
pub fn from_fields<T: DeserializeOwned>(fields: &Fields) -> Result<T, Misshapen> {
    let reader = Reader { fields, rest: fields.iter().peekable(), next: Next::Value(&Scalar::Null) };
    T::deserialize(MapAccessDeserializer::new(reader)).map_err(|error| Misshapen(error.to_string()))
}

/// Hands fields to a record as they stand: everything that comes is read this way, so nothing is copied on the way.
struct Reader<'a> {
    fields: &'a Fields,
    rest: Peekable<btree_map::Iter<'a, String, Scalar>>,
    next: Next<'a>,
}

/// What belongs to the name that was read last.
enum Next<'a> {
    Value(&'a Scalar),
    /// The members of a collection, from the first of them that is not cleared: the name with its slash.
    Members(&'a str),
}

impl<'de> MapAccess<'de> for Reader<'de> {
    type Error = value::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, value::Error> {
        while let Some((key, value)) = self.rest.next() {
            if *value == Scalar::Null {
                continue;
            }
            let name = match key.find('/') {
                None => {
                    self.next = Next::Value(value);
                    key
                }
                Some(slash) => {
                    let (name, start) = (&key[..slash], &key[..=slash]);
                    // Whatever starts alike follows in a row.
                    while self.rest.next_if(|(key, _)| key.starts_with(start)).is_some() {}
                    if self.fields.get(name).is_some_and(|plain| *plain != Scalar::Null) {
                        continue;
                    }
                    self.next = Next::Members(start);
                    name
                }
            };
            return seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, value::Error> {
        match self.next {
            Next::Value(value) => seed.deserialize(value),
            Next::Members(start) => {
                let from_first = self.fields.range::<str, _>((Bound::Included(start), Bound::Unbounded));
                let members = from_first.map_while(|(key, value)| Some((key.strip_prefix(start)?, value)));
                seed.deserialize(MapDeserializer::new(members.filter(|(_, value)| **value != Scalar::Null)))
            }
        }
    }
}

impl<'de> Deserializer<'de> for &'de Scalar {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        match self {
            Scalar::Null => visitor.visit_unit(),
            Scalar::Bool(value) => visitor.visit_bool(*value),
            Scalar::Int(value) => visitor.visit_i64(*value),
            Scalar::Text(text) => visitor.visit_borrowed_str(text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        if *self == Scalar::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, value::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        match self {
            Scalar::Text(text) => BorrowedStrDeserializer::new(text).deserialize_enum(name, variants, visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de> for &'de Scalar {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// What has to be written to get from one state to the other; a field that is gone is cleared.
pub fn difference(before: &Fields, after: &Fields) -> Fields {
    let changed = after.iter().filter(|(key, value)| before.get(*key) != Some(value));
    let cleared = before.keys().filter(|key| !after.contains_key(*key) && before[*key] != Scalar::Null);
    changed.map(|(key, value)| (key.clone(), value.clone())).chain(cleared.map(|key| (key.clone(), Scalar::Null))).collect()
}

fn scalar(value: Value) -> Result<Scalar, Misshapen> {
    match value {
        Value::Null => Ok(Scalar::Null),
        Value::Bool(value) => Ok(Scalar::Bool(value)),
        Value::Number(number) => number.as_i64().map(Scalar::Int).ok_or_else(|| Misshapen("not a whole number".into())),
        Value::String(text) => Ok(Scalar::Text(text)),
        Value::Array(_) | Value::Object(_) => Err(Misshapen("nested too deep".into())),
    }
}

/// A set of members as a record keeps it: `name/member = true`.
pub mod members {
    use std::collections::{BTreeMap, BTreeSet};

    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// serde `serialize_with`.
    pub fn serialize<T: Serialize + Ord, S: Serializer>(set: &BTreeSet<T>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(set.iter().map(|member| (member, true)))
    }

    /// serde `deserialize_with`: a member that was set to false is gone.
    pub fn deserialize<'de, T: DeserializeOwned + Ord, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<T>, D::Error> {
        let members = BTreeMap::<T, bool>::deserialize(deserializer)?;
        Ok(members.into_iter().filter_map(|(member, present)| present.then_some(member)).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_scalar() -> impl Strategy<Value = Scalar> {
        prop_oneof![any::<bool>().prop_map(Scalar::Bool), any::<i64>().prop_map(Scalar::Int), ".*".prop_map(Scalar::Text)]
    }

    #[test]
    fn what_is_no_plain_value_is_refused() {
        for text in ["1.5", "18446744073709551615", "[]", "{}"] {
            assert!(serde_json::from_str::<Scalar>(text).is_err(), "{text}");
        }
        assert_eq!(serde_json::from_str::<Scalar>("null").unwrap(), Scalar::Null);
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Flat {
        #[serde(default)]
        t: i64,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        T,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Sample {
        #[serde(default)]
        a: Option<String>,
        #[serde(default, with = "members")]
        b: std::collections::BTreeSet<String>,
        #[serde(default)]
        c: BTreeMap<String, i64>,
        #[serde(default)]
        d: Option<Word>,
        #[serde(default)]
        e: Option<crate::Fen>,
        #[serde(flatten)]
        flat: Flat,
    }

    /// The same by way of a JSON object.
    fn through_json(fields: &Fields) -> Option<Sample> {
        let mut object = serde_json::Map::new();
        for (key, value) in fields.iter().filter(|(_, value)| **value != Scalar::Null) {
            let value = serde_json::to_value(value).unwrap();
            match key.split_once('/') {
                None => drop(object.insert(key.clone(), value)),
                Some((name, member)) => {
                    if let Value::Object(members) = object.entry(name).or_insert_with(|| Value::Object(serde_json::Map::new())) {
                        members.insert(member.to_owned(), value);
                    }
                }
            }
        }
        serde_json::from_value(Value::Object(object)).ok()
    }

    proptest! {
        #[test]
        fn fields_are_read_as_the_object_they_stand_for(
            fields in proptest::collection::btree_map("[a-et]([!/][b-d/]?)?", prop_oneof![
                Just(Scalar::Null),
                any::<bool>().prop_map(Scalar::Bool),
                any::<i64>().prop_map(Scalar::Int),
                "t?".prop_map(Scalar::Text),
            ], 0..6),
        ) {
            prop_assert_eq!(from_fields::<Sample>(&fields).ok(), through_json(&fields));
        }

        #[test]
        fn a_value_survives_being_written(value in any_scalar()) {
            let text = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(serde_json::from_str::<Scalar>(&text).unwrap(), value);
        }

        #[test]
        fn applying_a_difference_gives_the_later_state(
            before in proptest::collection::btree_map("[a-e](/[a-c])?", any_scalar(), 0..8),
            after in proptest::collection::btree_map("[a-e](/[a-c])?", any_scalar(), 0..8),
        ) {
            let mut state = before.clone();
            state.extend(difference(&before, &after));
            state.retain(|_, value| *value != Scalar::Null);
            prop_assert_eq!(state, after);
        }
    }
}
