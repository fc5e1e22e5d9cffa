//! A recording in any usual format, as 16 kHz mono samples.

use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Async, FixedAsync, Indexing, Resampler as _, SincInterpolationParameters};
use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::SpeechError;

/// Samples per second of a [`Pcm`]: what speech models take.
pub const SAMPLE_RATE: u32 = 16_000;

/// Four hours: longer recordings are cut there.
const MAX_SAMPLES: usize = 4 * 3600 * SAMPLE_RATE as usize;
/// Rates outside are no recordings of speech, and some would make the resampler allocate without reason.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;
/// A recording that yields nothing for this many packets in a row is broken from there on.
const MAX_EMPTY_PACKETS: usize = 4_096;

/// Sound as 16-bit mono samples at [`SAMPLE_RATE`]: 115 MB an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pcm {
    /// The samples.
    pub samples: Vec<i16>,
    /// Whether the recording was damaged, ended early or was longer than four hours, so that some of it is not here.
    pub truncated: bool,
}

impl Pcm {
    /// Length in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        self.samples.len() as u64 * 1000 / u64::from(SAMPLE_RATE)
    }
}

/// Decodes WAV, AAC-LC in MP4, MP3, Ogg Vorbis and FLAC, whatever the rate and the number of channels.
///
/// What comes before a damage is kept and [`Pcm::truncated`] says so; [`SpeechError::Unreadable`] when there is nothing to keep.
pub fn decode(source: impl Read + Seek + Send + Sync + 'static) -> Result<Pcm, SpeechError> {
    let mut sink = None;
    // Decoders are known to panic on hostile input now and then. What was decoded before is still good.
    let ended_well = catch_unwind(AssertUnwindSafe(|| decode_into(source, &mut sink))).unwrap_or(false);
    let mut sink: Sink = sink.ok_or(SpeechError::Unreadable)?;
    let flushed = catch_unwind(AssertUnwindSafe(|| sink.finish())).unwrap_or(false);
    if sink.samples.is_empty() {
        return Err(SpeechError::Unreadable);
    }
    Ok(Pcm { samples: sink.samples, truncated: !(ended_well && flushed) })
}

/// Whether the recording was decoded up to its end without a fault.
fn decode_into(source: impl Read + Seek + Send + Sync + 'static, sink: &mut Option<Sink>) -> bool {
    let Ok(source) = Source::new(source) else { return false };
    let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
    let Ok(mut format) =
        symphonia::default::get_probe().probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
    else {
        return false;
    };
    let Some(track) = format.default_track(TrackType::Audio) else { return false };
    let (track_id, promised) = (track.id, track.num_frames);
    let Some(params) = track.codec_params.as_ref().and_then(|params| params.audio()) else { return false };
    let Ok(mut decoder) = symphonia::default::get_codecs().make_audio_decoder(params, &AudioDecoderOptions::default()) else {
        return false;
    };

    let (mut frames, mut empty, mut faults) = (0_u64, 0, 0);
    while empty < MAX_EMPTY_PACKETS {
        empty += 1;
        let packet = match format.next_packet() {
            Ok(Some(packet)) => packet,
            // A stream that was cut off can end as cleanly as a whole one; only its header tells.
            Ok(None) => {
                return faults == 0 && promised.is_none_or(|promised| frames.saturating_mul(100) >= promised.saturating_mul(99));
            }
            Err(_) => return false,
        };
        if packet.track_id != track_id {
            continue;
        }
        match decoder.decode(&packet) {
            Ok(buffer) if buffer.frames() > 0 => {
                let rate = buffer.spec().rate();
                if sink.is_none() {
                    *sink = Sink::new(rate);
                }
                // A rate that changes midway would need a second resampler; no recorder does that.
                let Some(sink) = sink.as_mut().filter(|sink| sink.rate == rate) else { return false };
                frames += buffer.frames() as u64;
                if !sink.take(&buffer) {
                    return false;
                }
                empty = 0;
            }
            Ok(_) => {}
            Err(Symphonia::DecodeError(_) | Symphonia::IoError(_)) => faults += 1,
            Err(_) => return false,
        }
    }
    false
}

/// Mixes to mono, brings to [`SAMPLE_RATE`] and keeps what comes out.
struct Sink {
    rate: u32,
    /// `None` when the recording has the wanted rate already.
    resampler: Option<Async<f32>>,
    /// Mono samples that wait for a whole chunk of the resampler.
    pending: Vec<f32>,
    interleaved: Vec<f32>,
    out: Vec<f32>,
    /// Leading samples that are only the resampler's delay.
    skip: usize,
    taken: u64,
    samples: Vec<i16>,
}

impl Sink {
    fn new(rate: u32) -> Option<Self> {
        if !RATES.contains(&rate) {
            return None;
        }
        let ratio = f64::from(SAMPLE_RATE) / f64::from(rate);
        let sinc = || Async::new_sinc(ratio, 1.0, &SincInterpolationParameters::default(), 1024, 1, FixedAsync::Input);
        let resampler = if rate == SAMPLE_RATE { None } else { Some(sinc().ok()?) };
        let skip = resampler.as_ref().map_or(0, Async::output_delay);
        Some(Self { rate, resampler, pending: vec![], interleaved: vec![], out: vec![], skip, taken: 0, samples: vec![] })
    }

    /// `false` when the recording is too long or too odd to go on.
    fn take(&mut self, buffer: &GenericAudioBufferRef<'_>) -> bool {
        let channels = buffer.num_planes().max(1);
        buffer.copy_to_vec_interleaved(&mut self.interleaved);
        self.taken += (self.interleaved.len() / channels) as u64;
        let mono = self.interleaved.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32);
        if self.resampler.is_none() {
            self.samples.extend(mono.map(to_i16));
        } else {
            self.pending.extend(mono);
            if !self.resample(false) {
                return false;
            }
        }
        let whole = self.samples.len() <= MAX_SAMPLES;
        self.samples.truncate(MAX_SAMPLES);
        whole
    }

    /// Pushes out what the resampler still holds.
    fn finish(&mut self) -> bool {
        if self.resampler.is_none() {
            return true;
        }
        let expected = (self.taken * u64::from(SAMPLE_RATE) / u64::from(self.rate)).min(MAX_SAMPLES as u64) as usize;
        let flushed = self.resample(true);
        for _ in 0..64 {
            if self.samples.len() >= expected || !self.resample(true) {
                break;
            }
        }
        self.samples.truncate(expected);
        flushed && self.samples.len() == expected
    }

    /// Resamples the whole chunks that wait; with `flush` also the rest, filled up with silence.
    fn resample(&mut self, flush: bool) -> bool {
        let Some(resampler) = &mut self.resampler else { return true };
        let mut start = 0;
        loop {
            let (needed, room) = (resampler.input_frames_next(), resampler.output_frames_next());
            let here = self.pending.len() - start;
            if here < needed && !flush {
                break;
            }
            let indexing = (here < needed).then(|| Indexing::new().partial_len(here));
            self.out.resize(room, 0.0);
            if here < needed {
                self.pending.resize(start + needed, 0.0);
            }
            let Ok(input) = InterleavedSlice::new(&self.pending[start..], 1, needed) else { return false };
            let Ok(mut output) = InterleavedSlice::new_mut(&mut self.out, 1, room) else { return false };
            let Ok((used, made)) = resampler.process_into_buffer(&input, &mut output, indexing.as_ref()) else { return false };
            let skipped = self.skip.min(made);
            self.skip -= skipped;
            self.samples.extend(self.out[skipped..made].iter().copied().map(to_i16));
            if here <= needed && flush {
                self.pending.clear();
                return true;
            }
            start += used.max(1).min(here);
        }
        self.pending.drain(..start);
        true
    }
}

fn to_i16(sample: f32) -> i16 {
    // Casting from float saturates, and turns not-a-number into zero.
    (sample * 32_768.0).round() as i16
}

/// Any reader as symphonia wants it, with its length found once.
struct Source<R> {
    inner: R,
    len: u64,
}

impl<R: Read + Seek> Source<R> {
    fn new(mut inner: R) -> io::Result<Self> {
        let len = inner.seek(SeekFrom::End(0))?;
        inner.rewind()?;
        Ok(Self { inner, len })
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buf)
    }
}

impl<R: Seek> Seek for Source<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

impl<R: Read + Seek + Send + Sync> MediaSource for Source<R> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}
