//! What few of many things have.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::Deref;

/// A value that most of many things share: it takes the room of a pointer in those, and is read as if it were there.
pub struct Rarely<T>(Option<Box<T>>);

/// What has a value that most things share.
pub trait Usual: Sized + 'static {
    /// That value.
    fn usual() -> &'static Self;
}

impl<T: 'static> Usual for Option<T> {
    fn usual() -> &'static Self {
        &None
    }
}

impl<T: 'static> Usual for Vec<T> {
    fn usual() -> &'static Self {
        const { &Self::new() }
    }
}

impl<T> Rarely<T> {
    /// The value to change, where it is not the usual one.
    pub fn own_mut(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }
}

impl<T: Usual + PartialEq> Rarely<T> {
    /// Whether it is what most things have.
    pub fn is_usual(&self) -> bool {
        **self == *T::usual()
    }
}

impl<T: Usual> Deref for Rarely<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Some(own) => own,
            None => T::usual(),
        }
    }
}

impl<T> Default for Rarely<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Usual + PartialEq> From<T> for Rarely<T> {
    fn from(value: T) -> Self {
        Self(Some(value).filter(|value| value != T::usual()).map(Box::new))
    }
}

impl<T: Clone> Clone for Rarely<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Usual + PartialEq> PartialEq for Rarely<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Usual + Eq> Eq for Rarely<T> {}

impl<T: Usual + fmt::Debug> fmt::Debug for Rarely<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, formatter)
    }
}

impl<T: Usual + Serialize> Serialize for Rarely<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, T: Usual + PartialEq + Deserialize<'de>> Deserialize<'de> for Rarely<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}
