//! Where there is speech, cut into pieces short enough for the model.

use std::ops::Range;

use super::SAMPLE_RATE;

/// Samples that share one probability of speech: 32 ms.
pub const FRAME: usize = 512;

/// Speech begins above the first and ends below the second, so that a hesitation does not chop a word.
const BEGIN: f32 = 0.5;
const END: f32 = 0.35;
/// Less than this is a click or a cough.
const MIN_SPEECH: usize = frames(250);
/// A pause shorter than this belongs to the words around it.
const MIN_PAUSE: usize = frames(128);
/// A longer pause separates pieces: the model invents words in long silence.
const MAX_PAUSE: usize = frames(2_000);
/// The model takes 30 s; some room is left for the margins.
const MAX_PIECE: usize = frames(28_000);
/// Cutting earlier than this wastes what a piece costs whatever its length.
const MIN_PIECE: usize = frames(12_000);
/// Kept around speech, because soft beginnings and ends count as silence: 0.4 s.
const MARGIN: usize = SAMPLE_RATE as usize * 2 / 5;

const fn frames(millis: usize) -> usize {
    millis * SAMPLE_RATE as usize / 1000 / FRAME
}

/// Ranges of samples that hold speech, in order, without overlap, none longer than 30 s.
pub(super) fn pieces(probabilities: &[f32], samples: usize) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for run in runs(&spans(probabilities)) {
        split(run, probabilities, &mut pieces);
    }
    let mut previous = 0;
    let starts: Vec<usize> = pieces.iter().map(|piece| piece.start * FRAME).collect();
    for (at, piece) in pieces.iter_mut().enumerate() {
        let next = starts.get(at + 1).copied().unwrap_or(samples);
        let end = (piece.end * FRAME + MARGIN).min(next.max(piece.end * FRAME)).min(samples);
        *piece = (piece.start * FRAME).saturating_sub(MARGIN).max(previous).min(end)..end;
        previous = end;
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Frames of speech between pauses.
fn spans(probabilities: &[f32]) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    for (at, &probability) in probabilities.iter().enumerate() {
        match open {
            None if probability >= BEGIN => open = Some(at),
            Some(start) if probability < END => {
                spans.push(start..at);
                open = None;
            }
            _ => {}
        }
    }
    spans.extend(open.map(|start| start..probabilities.len()));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start - last.end < MIN_PAUSE => last.end = span.end,
            _ => joined.push(span),
        }
    }
    joined.retain(|span| span.len() >= MIN_SPEECH);
    joined
}

/// Spans with only short pauses between them.
fn runs(spans: &[Range<usize>]) -> Vec<Vec<Range<usize>>> {
    spans.chunk_by(|a, b| b.start - a.end <= MAX_PAUSE).map(<[_]>::to_vec).collect()
}

/// Cuts a run into pieces at its widest pauses, or where speech is least certain when there is none.
fn split(mut run: Vec<Range<usize>>, probabilities: &[f32], pieces: &mut Vec<Range<usize>>) {
    loop {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
        let (start, end) = (first.start, last.end);
        if end - start <= MAX_PIECE {
            pieces.push(start..end);
            return;
        }
        let window = start + MIN_PIECE..start + MAX_PIECE;
        let widest = (1..run.len())
            .filter(|&at| run[at - 1].end >= window.start && run[at - 1].end <= window.end)
            .max_by_key(|&at| run[at].start - run[at - 1].end);
        if let Some(at) = widest {
            let rest = run.split_off(at);
            pieces.push(start..run[at - 1].end);
            run = rest;
        } else {
            let cut = window.min_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b])).unwrap_or(start + MAX_PIECE);
            pieces.push(start..cut);
            run.retain(|span| span.end > cut);
            if let Some(first) = run.first_mut() {
                first.start = first.start.max(cut);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Probabilities from (milliseconds, speech?) in turn.
    fn sound(parts: &[(usize, bool)]) -> Vec<f32> {
        parts.iter().flat_map(|&(millis, speech)| vec![if speech { 0.99 } else { 0.01 }; millis.div_ceil(32)]).collect()
    }

    fn pieces_of(parts: &[(usize, bool)]) -> Vec<Range<usize>> {
        let probabilities = sound(parts);
        pieces(&probabilities, probabilities.len() * FRAME)
    }

    fn seconds(samples: usize) -> f32 {
        samples as f32 / SAMPLE_RATE as f32
    }

    #[test]
    fn silence_and_clicks_give_nothing() {
        assert!(pieces_of(&[(60_000, false)]).is_empty());
        assert!(pieces_of(&[(3_000, false), (90, true), (3_000, false)]).is_empty());
        assert!(pieces(&[], 0).is_empty());
    }

    #[test]
    fn silence_at_both_ends_is_trimmed_to_a_margin() {
        let pieces = pieces_of(&[(2_000, false), (4_000, true), (500, false), (1_000, true), (3_000, false)]);
        assert_eq!(pieces.len(), 1);
        assert!((seconds(pieces[0].start) - 1.6).abs() < 0.05, "{pieces:?}");
        assert!((seconds(pieces[0].end) - 7.9).abs() < 0.1, "{pieces:?}");
    }

    #[test]
    fn a_long_recording_is_cut_in_its_widest_pause() {
        let pieces = pieces_of(&[(14_000, true), (700, false), (6_000, true), (300, false), (20_000, true)]);
        assert_eq!(pieces.len(), 2);
        assert!((seconds(pieces[0].end) - 14.4).abs() < 0.1, "{pieces:?}");
    }

    proptest! {
        #[test]
        fn pieces_hold_all_speech_in_order_and_fit_the_model(
            parts in prop::collection::vec((32_usize..60_000, any::<bool>()), 0..12)
        ) {
            let probabilities = sound(&parts);
            let samples = probabilities.len() * FRAME;
            let pieces = pieces(&probabilities, samples);
            for pair in pieces.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start);
            }
            for piece in &pieces {
                prop_assert!(piece.len() <= 30 * SAMPLE_RATE as usize && piece.end <= samples);
            }
            let mut at = 0;
            for span in spans(&probabilities) {
                while at < pieces.len() && pieces[at].end <= span.start * FRAME {
                    at += 1;
                }
                let mut covered = span.start * FRAME;
                for piece in &pieces[at..] {
                    if piece.start <= covered {
                        covered = covered.max(piece.end);
                    }
                }
                prop_assert!(covered >= (span.end * FRAME).min(samples), "speech left out at {span:?}");
            }
        }
    }
}
