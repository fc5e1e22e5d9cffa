//! Evidence as apps hand it in: a path is text, a place is in degrees.

use chuda_evidence::claim;
use chuda_evidence::claim::{Consent, Source};
use chuda_record::id::TouchId;

use crate::workbench;

/// A file to keep as evidence.
#[derive(Clone, Debug, uniffi::Record)]
pub struct EvidenceDraft {
    /// The file's path; it is copied and may be removed afterwards.
    pub path: String,
    /// How it came to the device.
    pub source: Source,
    /// Who knew of the recording: required for sound.
    #[uniffi(default)]
    pub consent: Option<Consent>,
    /// Where it was captured, if the person allows it.
    #[uniffi(default)]
    pub location: Option<Location>,
    /// The touch it belongs to, if it is known already.
    #[uniffi(default)]
    pub touch: Option<TouchId>,
    /// The path of a JPEG made by the platform, for pictures this core can't decode (HEIC).
    #[uniffi(default)]
    pub rendition: Option<String>,
}

/// A place, as the device's location service gave it.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub struct Location {
    /// Latitude in degrees, WGS 84, north positive.
    pub latitude: f64,
    /// Longitude in degrees, WGS 84, east positive.
    pub longitude: f64,
    /// Radius of 68 % confidence, in metres.
    pub accuracy_m: f64,
    /// How old the fix is, in milliseconds.
    pub age_ms: i64,
    /// Whether the system says that another app made it up.
    pub mock: bool,
}

impl From<EvidenceDraft> for workbench::EvidenceDraft {
    fn from(draft: EvidenceDraft) -> Self {
        let EvidenceDraft { path, source, consent, location, touch, rendition } = draft;
        Self { path: path.into(), source, consent, location: location.map(Into::into), touch, rendition: rendition.map(Into::into) }
    }
}

impl From<Location> for claim::Location {
    fn from(place: Location) -> Self {
        // Casts of floats stop at the limits of the type; a place beyond the earth is refused by the claim.
        Self {
            latitude_e6: (place.latitude * 1e6).round() as i32,
            longitude_e6: (place.longitude * 1e6).round() as i32,
            accuracy_m: place.accuracy_m.ceil() as u32,
            age_ms: place.age_ms.try_into().unwrap_or(0),
            mock: place.mock,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_keep_six_decimals_and_never_wrap_around() {
        let place = Location { latitude: 23.021_478_4, longitude: -113.121_436, accuracy_m: 4.2, age_ms: 1500, mock: false };
        let kept = claim::Location::from(place);
        assert_eq!((kept.latitude_e6, kept.longitude_e6, kept.accuracy_m, kept.age_ms), (23_021_478, -113_121_436, 5, 1500));
        let odd = claim::Location::from(Location { latitude: 1e9, longitude: f64::NAN, accuracy_m: -1.0, age_ms: -1, mock: true });
        assert_eq!((odd.latitude_e6, odd.longitude_e6, odd.accuracy_m, odd.age_ms), (i32::MAX, 0, 0, 0));
    }
}
