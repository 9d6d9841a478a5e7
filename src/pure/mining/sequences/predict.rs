//! What comes next: a compact tree of contexts, a search for similar histories, and plain baselines to judge them by.
//!
//! - *popular*: the commonest items, whatever came before.
//! - *markov*: what most often follows the last item.
//! - *contexts*: a tree of all runs of up to `depth` items; the longest known context speaks first and leaves the share of
//!   its escapes to shorter ones (prediction by partial matching, method C: A. Moffat, IEEE Trans. Communications 38,
//!   1990).
//! - *similar*: histories that hold the same recent items in any order vote with what they had afterwards; rare items
//!   are dropped as noise until enough histories match (after CPT+: T. Gueniche et al., PAKDD 2015).

use rustc_hash::FxHashMap;

/// How the next item is predicted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum PredictBy {
    Popular,
    Markov,
    #[default]
    Contexts,
    Similar,
}

/// One row of the table of predictors.
#[derive(Clone, Copy, Debug)]
pub struct PredictRow {
    /// The name that users write.
    pub name: &'static str,
    pub by: PredictBy,
    /// One sentence for the reference.
    pub about: &'static str,
}

static PREDICTORS: [PredictRow; 4] = [
    PredictRow { name: "popular", by: PredictBy::Popular, about: "the commonest items" },
    PredictRow { name: "markov", by: PredictBy::Markov, about: "what most often follows the last item" },
    PredictRow {
        name: "contexts",
        by: PredictBy::Contexts,
        about: "what followed the longest known run of last items",
    },
    PredictRow { name: "similar", by: PredictBy::Similar, about: "what histories with the same recent items had next" },
];

/// The table of predictors.
pub fn predictors() -> &'static [PredictRow] {
    &PREDICTORS
}

/// Settings of a predictor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PredictSettings {
    pub by: PredictBy,
    /// Most last items that are looked at.
    pub depth: usize,
    /// Least similar histories that may vote.
    pub min_similar: usize,
}

impl Default for PredictSettings {
    fn default() -> Self {
        PredictSettings { by: PredictBy::default(), depth: 4, min_similar: 10 }
    }
}

/// Histories that are looked at for similar ones, evenly spread over all with the rarest item: a shop in which everybody
/// buys the same would else compare everybody with everybody.
const MOST_LOOKED_AT: usize = 1_000;

/// Customers that predictors are judged on, evenly spread.
const MOST_JUDGED: usize = 10_000;

/// A trained predictor.
#[derive(Clone, Debug)]
pub struct Predictor {
    settings: PredictSettings,
    /// First child of each node; node 0 is the empty context.
    first_child: Vec<u32>,
    /// Item, node and count of each child, by item within a node.
    children: Vec<(u32, u32, u32)>,
    /// Items by falling count, and the place of each among them.
    popular: Vec<u32>,
    place: Vec<u32>,
    paths: Vec<Vec<u32>>,
    /// Histories with each item, ascending.
    having: Vec<Vec<u32>>,
}

impl Predictor {
    /// Learns from histories of items in order.
    pub fn train(paths: &[Vec<u32>], settings: PredictSettings) -> Self {
        let depth = match settings.by {
            PredictBy::Popular | PredictBy::Similar => 0,
            PredictBy::Markov => 1,
            PredictBy::Contexts => settings.depth,
        };
        let (first_child, children) = tree(paths, depth);
        let mut popular: Vec<(u32, u32)> = children[..first_child[1] as usize].iter().map(|c| (c.2, c.0)).collect();
        popular.sort_unstable_by_key(|&(count, item)| (std::cmp::Reverse(count), item));
        let popular: Vec<u32> = popular.into_iter().map(|(_, item)| item).collect();
        let similar = settings.by == PredictBy::Similar;
        let items = paths.iter().flatten().max().map_or(0, |&most| most as usize + 1);
        let mut having: Vec<Vec<u32>> = vec![Vec::new(); if similar { items } else { 0 }];
        if similar {
            for (number, path) in paths.iter().enumerate() {
                for &item in path {
                    if having[item as usize].last() != Some(&(number as u32)) {
                        having[item as usize].push(number as u32);
                    }
                }
            }
        }
        Predictor {
            settings,
            first_child,
            children,
            place: {
                let mut place = vec![u32::MAX; items];
                popular.iter().zip(0..).for_each(|(&item, at)| place[item as usize] = at);
                place
            },
            popular,
            paths: if similar { paths.to_vec() } else { Vec::new() },
            having,
        }
    }

    /// The `most` likeliest next items after `history`, likeliest first; ties to the more popular, then the lower item.
    pub fn predict(&self, history: &[u32], most: usize) -> Vec<u32> {
        let mut scores = Scores { of_item: vec![f64::NAN; self.place.len()], scored: Vec::new() };
        match self.settings.by {
            PredictBy::Popular => {}
            PredictBy::Markov => self.blend(history, 1, &mut scores),
            PredictBy::Contexts => self.blend(history, self.settings.depth, &mut scores),
            PredictBy::Similar => self.vote(history, &mut scores),
        }
        let mut ranked: Vec<(u32, u32, f64)> = scores
            .scored
            .iter()
            .map(|&item| (self.place[item as usize], item, scores.of_item[item as usize]))
            .collect();
        let better = |a: &(u32, u32, f64), b: &(u32, u32, f64)| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0));
        if ranked.len() > most && most > 0 {
            ranked.select_nth_unstable_by(most - 1, better);
            ranked.truncate(most);
        }
        ranked.sort_unstable_by(better);
        let mut chosen: Vec<u32> = ranked.into_iter().take(most).map(|(_, item, _)| item).collect();
        for &item in &self.popular {
            if chosen.len() >= most {
                break;
            }
            if scores.of_item[item as usize].is_nan() {
                chosen.push(item);
            }
        }
        chosen
    }

    /// Bytes of the tree and the histories.
    pub fn bytes(&self) -> usize {
        let lists = |lists: &[Vec<u32>]| lists.iter().map(|list| list.len() * 4 + 24).sum::<usize>();
        self.first_child.len() * 4 + self.children.len() * 12 + lists(&self.paths) + lists(&self.having)
    }

    /// Chances from the longest known context down to none; each leaves its escape share to the next shorter one.
    fn blend(&self, history: &[u32], depth: usize, scores: &mut Scores) {
        let mut left = 1.0;
        for length in (0..=depth.min(history.len())).rev() {
            let Some(node) = self.walk(&history[history.len() - length..]) else { continue };
            let children = self.children_of(node);
            let total: u64 = children.iter().map(|child| u64::from(child.2)).sum();
            if total == 0 {
                continue;
            }
            let all = total as f64 + children.len() as f64;
            for &(item, _, count) in children {
                scores.add(item, left * f64::from(count) / all);
            }
            left *= children.len() as f64 / all;
        }
    }

    fn vote(&self, history: &[u32], scores: &mut Scores) {
        let mut wanted: Vec<u32> = history[history.len().saturating_sub(self.settings.depth)..].to_vec();
        wanted.retain(|&item| (item as usize) < self.having.len());
        wanted.sort_by_key(|&item| (std::cmp::Reverse(self.having[item as usize].len()), item));
        wanted.dedup();
        let mut weight = 1.0;
        while !wanted.is_empty() && (scores.scored.len() < 2 || weight == 1.0) {
            let rarest = &self.having[wanted[wanted.len() - 1] as usize];
            let others = &wanted[..wanted.len() - 1];
            let has_all =
                |path: &&u32| others.iter().all(|&item| self.having[item as usize].binary_search(path).is_ok());
            let step = rarest.len().div_ceil(MOST_LOOKED_AT).max(1);
            let similar: Vec<u32> = rarest.iter().step_by(step).filter(has_all).copied().collect();
            for &number in &similar {
                let path = &self.paths[number as usize];
                // What came after the first place by which all the wanted items had been seen.
                let places = wanted.iter().filter_map(|item| path.iter().position(|other| other == item));
                let start = places.max().map_or(0, |place| place + 1);
                for (distance, item) in path[start..].iter().enumerate() {
                    scores.add(*item, weight / (similar.len() as f64 * (distance + 1) as f64));
                }
            }
            if similar.len() >= self.settings.min_similar {
                break;
            }
            weight *= 0.1;
            wanted.pop();
        }
    }

    fn walk(&self, context: &[u32]) -> Option<usize> {
        let mut node = 0;
        for item in context {
            let children = self.children_of(node);
            let at = children.binary_search_by_key(item, |child| child.0).ok()?;
            node = children[at].1 as usize;
        }
        Some(node)
    }

    fn children_of(&self, node: usize) -> &[(u32, u32, u32)] {
        &self.children[self.first_child[node] as usize..self.first_child[node + 1] as usize]
    }
}

/// Scores of items while they are added up: not a number for those without one.
struct Scores {
    of_item: Vec<f64>,
    /// Items with a score.
    scored: Vec<u32>,
}

impl Scores {
    fn add(&mut self, item: u32, score: f64) {
        let sum = &mut self.of_item[item as usize];
        if sum.is_nan() {
            *sum = 0.0;
            self.scored.push(item);
        }
        *sum += score;
    }
}

/// All runs of up to `depth + 1` items as a tree in flat form.
fn tree(paths: &[Vec<u32>], depth: usize) -> (Vec<u32>, Vec<(u32, u32, u32)>) {
    let mut edges: FxHashMap<(u32, u32), (u32, u32)> = FxHashMap::default();
    let mut nodes = 1u32;
    for path in paths {
        for start in 0..path.len() {
            let mut node = 0;
            for &item in &path[start..path.len().min(start + depth + 1)] {
                let edge = edges.entry((node, item)).or_insert_with(|| {
                    nodes += 1;
                    (nodes - 1, 0)
                });
                edge.1 += 1;
                node = edge.0;
            }
        }
    }
    let mut rows: Vec<((u32, u32), (u32, u32))> = edges.into_iter().collect();
    rows.sort_unstable();
    let mut first_child = vec![0u32; nodes as usize + 1];
    for ((node, _), _) in &rows {
        first_child[*node as usize + 1] += 1;
    }
    for node in 0..nodes as usize {
        first_child[node + 1] += first_child[node];
    }
    (first_child, rows.into_iter().map(|((_, item), (node, count))| (item, node, count)).collect())
}

/// How well a predictor foresaw the last item of each history.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PredictScore {
    pub by: PredictBy,
    /// Histories with at least two items, each judged on its last.
    pub judged: u64,
    /// Share whose last item was predicted first, and was among the first `most`.
    pub first: f64,
    pub among: f64,
    /// Mean of 1 / rank within the first `most`, 0 beyond.
    pub reciprocal_rank: f64,
}

/// Trains every predictor on the histories without their last items and judges it on those, or on evenly spread ones of very
/// many.
pub fn judge_predictors(paths: &[Vec<u32>], depth: usize, most: usize) -> Vec<PredictScore> {
    let long: Vec<&Vec<u32>> = paths.iter().filter(|path| path.len() > 1).collect();
    let known: Vec<Vec<u32>> = long.iter().map(|path| path[..path.len() - 1].to_vec()).collect();
    let step = long.len().div_ceil(MOST_JUDGED).max(1);
    let judged = long.len().div_ceil(step);
    let judge = |row: &PredictRow| {
        let predictor = Predictor::train(&known, PredictSettings { by: row.by, depth, ..PredictSettings::default() });
        let mut score = PredictScore { by: row.by, judged: judged as u64, ..PredictScore::default() };
        for (path, known) in long.iter().zip(&known).step_by(step) {
            let rank = predictor.predict(known, most).iter().position(|&item| item == path[path.len() - 1]);
            score.first += f64::from(u8::from(rank == Some(0)));
            score.among += f64::from(u8::from(rank.is_some()));
            score.reciprocal_rank += rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
        }
        let all = judged.max(1) as f64;
        PredictScore {
            first: score.first / all,
            among: score.among / all,
            reciprocal_rank: score.reciprocal_rank / all,
            ..score
        }
    };
    predictors().iter().map(judge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(by: PredictBy, paths: &[&[u32]], history: &[u32]) -> u32 {
        let paths: Vec<Vec<u32>> = paths.iter().map(|path| path.to_vec()).collect();
        Predictor::train(&paths, PredictSettings { by, min_similar: 1, ..PredictSettings::default() })
            .predict(history, 1)[0]
    }

    #[test]
    fn each_predictor_sees_what_it_should() {
        let paths: [&[u32]; 5] = [&[1, 2, 3], &[1, 2, 3], &[5, 2, 4], &[9, 9, 9, 9], &[2, 4, 7, 2, 4]];
        assert_eq!(next(PredictBy::Popular, &paths, &[1, 2]), 2);
        assert_eq!(next(PredictBy::Markov, &paths, &[1, 2]), 4);
        assert_eq!(next(PredictBy::Contexts, &paths, &[1, 2]), 3);
        assert_eq!(next(PredictBy::Contexts, &paths, &[8, 5, 2]), 4);
        assert_eq!(next(PredictBy::Similar, &paths, &[2, 1]), 3);
    }

    #[test]
    fn a_tree_of_contexts_beats_the_baselines_where_order_matters() {
        // The item after 0 depends on the one before it.
        let paths: Vec<Vec<u32>> =
            (0..60).map(|n| if n % 2 == 0 { vec![1, 0, 2, 1, 0, 2] } else { vec![3, 0, 4, 3, 0, 4] }).collect();
        let scores = judge_predictors(&paths, 3, 2);
        assert_eq!(scores[2].first, 1.0, "{scores:?}");
        assert!(scores[1].first < 0.6 && scores[0].first < 0.6 && scores[0].judged == 60, "{scores:?}");
    }

    #[test]
    fn nothing_learnt_predicts_nothing() {
        for row in predictors() {
            let predictor = Predictor::train(&[], PredictSettings { by: row.by, ..PredictSettings::default() });
            assert!(predictor.predict(&[1, 2], 3).is_empty());
        }
        assert_eq!(judge_predictors(&[vec![1]], 2, 2)[0].judged, 0);
    }
}
