//! The place of a value among the thresholds of its column: one byte for each value, which is all that trees compare.

/// Buckets in which a value's code is looked up.
const BUCKETS: usize = 1024;
/// As many cuts as a byte can count, and as many again that a full bucket may look at.
const ROOM: usize = 512;

/// A column's thresholds, and the place of a value among them: a bucket that a value's place in their range, or its bits, gives,
/// then the few thresholds of that bucket.
pub(super) struct Ruler {
    /// Ascending, then infinities: [`ROOM`] in all.
    cuts: Vec<f64>,
    /// The code of what is above all thresholds.
    pub(super) all: u8,
    /// How many cuts lie in buckets before each; twice [`BUCKETS`], so that no index needs a check.
    base: Vec<u8>,
    /// The most cuts in a bucket.
    most: usize,
    grid: Grid,
}

#[derive(Clone, Copy)]
enum Grid {
    /// Equally wide buckets.
    Even { low: f64, scale: f64 },
    /// Equally many floating-point numbers per bucket: narrow near 0, wide in long tails.
    Bits { low: i64, shift: u32 },
}

impl Grid {
    /// The bucket of a value; never falls when the value grows.
    fn bucket(self, x: f64) -> usize {
        match self {
            Grid::Even { low, scale } => even(x, low, scale),
            Grid::Bits { low, shift } => bits(x, low, shift),
        }
    }
}

/// The bits of a number, in the order of numbers.
#[inline(always)]
fn ordered(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    bits ^ ((bits >> 63) as u64 >> 1) as i64
}

impl Ruler {
    /// From ascending finite thresholds, at least one.
    pub(super) fn new(mut cuts: Vec<f64>) -> Ruler {
        let all = cuts.len() as u8;
        // Nothing but missing is above the greatest number: no value has to be compared with it.
        cuts.pop_if(|cut| *cut == f64::MAX);
        let (low, high) = (cuts.first().copied().unwrap_or(0.0), cuts.last().copied().unwrap_or(0.0));
        let width = high - low;
        let scale = if width > 0.0 && width.is_finite() { (BUCKETS as f64 / width).min(f64::MAX) } else { 0.0 };
        let span = ordered(high).abs_diff(ordered(low));
        let shift = (0..63).find(|shift| span >> shift < BUCKETS as u64).unwrap_or(63);
        let grids = [Grid::Even { low, scale }, Grid::Bits { low: ordered(low), shift }];
        let tried = grids.map(|grid| {
            let mut counts = vec![0usize; BUCKETS + 1];
            cuts.iter().for_each(|&cut| counts[grid.bucket(cut)] += 1);
            (counts.iter().copied().max().unwrap_or(0), grid, counts)
        });
        let (most, grid, counts) = tried.into_iter().min_by_key(|tried| tried.0).expect("there are two");
        let mut base: Vec<u8> = counts
            .iter()
            .scan(0, |before, count| {
                *before += count;
                Some((*before - count) as u8)
            })
            .collect();
        base.resize(2 * BUCKETS, 0);
        cuts.resize(ROOM, f64::INFINITY);
        Ruler { cuts, all, base, most, grid }
    }

    /// The last code that is not above a threshold.
    pub(super) fn place(&self, threshold: f64) -> u8 {
        if threshold == f64::MAX {
            return self.all - 1;
        }
        self.cuts.partition_point(|cut| *cut < threshold) as u8
    }

    /// The number of thresholds below each value.
    pub(super) fn measure(&self, numbers: &[f64], missing: u8, codes: &mut [u8]) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl") {
            // SAFETY: the processor has the instructions that the function is compiled for.
            unsafe { self.measure_avx512(numbers, missing, codes) };
            return;
        }
        self.measure_plain(numbers, missing, codes);
    }

    /// Eight values at a time, as [`Ruler::measure_plain`] does one by one: the same operations in the same order, so the same codes.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512vl")]
    fn measure_avx512(&self, numbers: &[f64], missing: u8, codes: &mut [u8]) {
        use std::arch::x86_64::{
            __m512d, _CMP_LT_OQ, _CMP_UNORD_Q, _mm_cvtsi64_si128, _mm_storeu_si64, _mm256_add_epi32, _mm256_and_si256,
            _mm256_cvtepi32_epi8, _mm256_i32gather_epi32, _mm256_mask_add_epi32, _mm256_mask_mov_epi32,
            _mm256_set1_epi32, _mm512_add_pd, _mm512_castpd_si512, _mm512_cmp_pd_mask, _mm512_cvtepi64_epi32,
            _mm512_cvtpd_epi32, _mm512_i32gather_pd, _mm512_loadu_pd, _mm512_max_epi64, _mm512_max_pd,
            _mm512_min_epu64, _mm512_min_pd, _mm512_mul_pd, _mm512_set1_epi64, _mm512_set1_pd, _mm512_srai_epi64,
            _mm512_srl_epi64, _mm512_srli_epi64, _mm512_sub_epi64, _mm512_sub_pd, _mm512_xor_si512,
        };
        let base: &[u8; 2 * BUCKETS] = self.base.first_chunk().expect("there are as many");
        let cuts: &[f64; ROOM] = self.cuts.first_chunk().expect("there are as many");
        assert!(self.most < ROOM / 2, "no bucket has more cuts than there are codes");
        let bucket = |x: __m512d| match self.grid {
            Grid::Even { low, scale } => {
                let place = _mm512_mul_pd(_mm512_sub_pd(x, _mm512_set1_pd(low)), _mm512_set1_pd(scale));
                // What is no number becomes the second of the two, here as there.
                let place = _mm512_max_pd(place, _mm512_set1_pd(0.0));
                _mm512_cvtpd_epi32(_mm512_min_pd(place, _mm512_set1_pd(BUCKETS as f64)))
            }
            Grid::Bits { low, shift } => {
                let bits = _mm512_castpd_si512(x);
                let ordered = _mm512_xor_si512(bits, _mm512_srli_epi64::<1>(_mm512_srai_epi64::<63>(bits)));
                let low = _mm512_set1_epi64(low);
                // Never below 0, so as unsigned numbers; what is beyond the greatest signed one counts as that.
                let above = _mm512_sub_epi64(_mm512_max_epi64(ordered, low), low);
                let above = _mm512_min_epu64(above, _mm512_set1_epi64(i64::MAX));
                let place = _mm512_srl_epi64(above, _mm_cvtsi64_si128(i64::from(shift)));
                _mm512_cvtepi64_epi32(_mm512_min_epu64(place, _mm512_set1_epi64(BUCKETS as i64)))
            }
        };
        let (rows, rest) = numbers.as_chunks::<8>();
        let (code_rows, code_rest) = codes.as_chunks_mut::<8>();
        for (given, codes) in rows.iter().zip(code_rows) {
            // SAFETY: eight numbers are read from eight.
            let given = unsafe { _mm512_loadu_pd(given.as_ptr()) };
            let x = _mm512_add_pd(_mm512_min_pd(given, _mm512_set1_pd(f64::MAX)), _mm512_set1_pd(0.0));
            let bucket = bucket(x);
            // SAFETY: a bucket lies from 0 to BUCKETS, both ways of finding it end with that; the four bytes from there on lie within
            // the 2 x BUCKETS of the table.
            let before = unsafe { _mm256_i32gather_epi32::<1>(base.as_ptr().cast(), bucket) };
            let before = _mm256_and_si256(before, _mm256_set1_epi32(0xff));
            let mut found = before;
            for near in 0..self.most {
                let at = _mm256_add_epi32(before, _mm256_set1_epi32(near as i32));
                // SAFETY: a byte and less than half of ROOM, which is 512, are less than ROOM: the number is one of the table.
                let cut = unsafe { _mm512_i32gather_pd::<8>(at, cuts.as_ptr()) };
                let below = _mm512_cmp_pd_mask::<_CMP_LT_OQ>(cut, x);
                found = _mm256_mask_add_epi32(found, below, found, _mm256_set1_epi32(1));
            }
            let unknown = _mm512_cmp_pd_mask::<_CMP_UNORD_Q>(given, given);
            let found = _mm256_mask_mov_epi32(found, unknown, _mm256_set1_epi32(i32::from(missing)));
            // SAFETY: eight bytes are written to eight.
            unsafe { _mm_storeu_si64(codes.as_mut_ptr(), _mm256_cvtepi32_epi8(found)) };
        }
        self.measure_plain(rest, missing, code_rest);
    }

    /// Value by value.
    fn measure_plain(&self, numbers: &[f64], missing: u8, codes: &mut [u8]) {
        // One loop for each kind of grid and usual bucket: the compiler unrolls it.
        match (self.grid, self.most) {
            (Grid::Even { low, scale }, 0..=2) => self.measure_by(|x| even(x, low, scale), 2, numbers, missing, codes),
            (Grid::Even { low, scale }, 3..=4) => self.measure_by(|x| even(x, low, scale), 4, numbers, missing, codes),
            (Grid::Even { low, scale }, most) => {
                self.measure_by(|x| even(x, low, scale), most, numbers, missing, codes)
            }
            (Grid::Bits { low, shift }, 0..=4) => self.measure_by(|x| bits(x, low, shift), 4, numbers, missing, codes),
            (Grid::Bits { low, shift }, most) => {
                self.measure_by(|x| bits(x, low, shift), most, numbers, missing, codes)
            }
        }
    }

    #[inline(always)]
    fn measure_by(&self, bucket: impl Fn(f64) -> usize, most: usize, numbers: &[f64], missing: u8, codes: &mut [u8]) {
        let base: &[u8; 2 * BUCKETS] = self.base.first_chunk().expect("there are as many");
        let cuts: &[f64; ROOM] = self.cuts.first_chunk().expect("there are as many");
        for (code, &given) in codes.iter_mut().zip(numbers) {
            // Minus zero is zero, and nothing is above the greatest number.
            let x = if given < f64::MAX { given } else { f64::MAX } + 0.0;
            let before = base[bucket(x) % (2 * BUCKETS)];
            let near = &cuts[usize::from(before)..][..most];
            let found = near.iter().fold(before, |found, cut| found + u8::from(*cut < x));
            *code = if given.is_nan() { missing } else { found };
        }
    }
}

/// The bucket of a value by its place in the range.
#[inline(always)]
fn even(x: f64, low: f64, scale: f64) -> usize {
    let place = (x - low) * scale;
    let place = if place > 0.0 { place } else { 0.0 };
    let place = if place < BUCKETS as f64 { place } else { BUCKETS as f64 };
    // So large a number has no fraction: what was added is rounded in its last bits.
    (place + 4_503_599_627_370_496.0).to_bits() as usize % (2 * BUCKETS)
}

/// The bucket of a value by its bits.
#[inline(always)]
fn bits(x: f64, low: i64, shift: u32) -> usize {
    (ordered(x).saturating_sub(low) >> shift).clamp(0, BUCKETS as i64) as usize
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::numeric::math::exp;
    use crate::numeric::random::stream;

    #[test]
    fn a_code_is_the_number_of_thresholds_below() {
        let mut random = stream(1, "rulers");
        let mut sets = vec![
            vec![0.0],
            vec![-1e300, -3.0, -0.5, 0.0, 1e-300, 0.5, 1e300],
            vec![5e-324, 1.0, f64::MAX],
            vec![f64::MIN, f64::MAX],
            (0..254).map(|i| f64::from(i) - 100.0).collect(),
            (0..255).map(|i| exp(f64::from(i - 127))).collect(),
        ];
        for scale in [1e-12, 1.0, 1e12] {
            sets.push((0..200).map(|_| exp(random.random_range(-3.0..3.0f64)) * scale).collect());
        }
        for mut cuts in sets {
            cuts.sort_unstable_by(f64::total_cmp);
            cuts.dedup();
            let ruler = Ruler::new(cuts.clone());
            let mut values = vec![0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::NAN, 5e-324];
            values.extend(cuts.iter().flat_map(|&cut| [cut, cut.next_up(), cut.next_down(), -cut]));
            values.extend((0..1000).map(|_| random.random_range(-300.0..300.0f64)));
            let mut codes = vec![0; values.len()];
            ruler.measure(&values, 77, &mut codes);
            let mut plain = vec![0; values.len()];
            ruler.measure_plain(&values, 77, &mut plain);
            assert_eq!(codes, plain, "wide registers find the same codes");
            for (&x, &code) in values.iter().zip(&codes) {
                let expected = cuts.iter().filter(|cut| **cut < x.min(f64::MAX)).count() as u8;
                assert_eq!(code, if x.is_nan() { 77 } else { expected }, "{x} among {cuts:?}");
            }
            for (place, &cut) in cuts.iter().enumerate() {
                assert_eq!(usize::from(ruler.place(cut)), place);
            }
        }
    }
}
