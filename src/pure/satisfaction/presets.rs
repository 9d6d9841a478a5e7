//! Path models of the national indices, a row each: the only place where their constructs and arrows are written.

/// A national index's model.
#[derive(Debug)]
pub struct Preset {
    /// How it is chosen.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Its constructs, each after all that lead to it.
    pub constructs: &'static [&'static str],
    /// What leads to what.
    pub arrows: &'static [(&'static str, &'static str)],
}

/// Every preset. Weights of the published indices are not public: an index made here is like theirs in its model and its method.
pub static PRESETS: &[Preset] = &[
    Preset {
        name: "own",
        meaning: "the arrows are declared construct by construct, as `from`",
        constructs: &[],
        arrows: &[],
    },
    Preset {
        name: "acsi",
        meaning: "expectation, quality and value lead to satisfaction, which leads to complaints (fewer) and loyalty; C. Fornell and others, \
                  \"The American Customer Satisfaction Index\", Journal of Marketing 60(4), 1996",
        constructs: &["expectation", "quality", "value", "satisfaction", "complaints", "loyalty"],
        arrows: &[
            ("expectation", "quality"),
            ("expectation", "value"),
            ("expectation", "satisfaction"),
            ("quality", "value"),
            ("quality", "satisfaction"),
            ("value", "satisfaction"),
            ("satisfaction", "complaints"),
            ("satisfaction", "loyalty"),
            ("complaints", "loyalty"),
        ],
    },
    Preset {
        name: "ecsi",
        meaning: "as acsi, with the image leading to expectation, satisfaction and loyalty; M. Tenenhaus and others, Computational Statistics & \
                  Data Analysis 48(1), 2005",
        constructs: &["image", "expectation", "quality", "value", "satisfaction", "complaints", "loyalty"],
        arrows: &[
            ("image", "expectation"),
            ("image", "satisfaction"),
            ("image", "loyalty"),
            ("expectation", "quality"),
            ("expectation", "value"),
            ("expectation", "satisfaction"),
            ("quality", "value"),
            ("quality", "satisfaction"),
            ("value", "satisfaction"),
            ("satisfaction", "complaints"),
            ("satisfaction", "loyalty"),
            ("complaints", "loyalty"),
        ],
    },
    Preset {
        name: "ccsi",
        meaning: "six constructs and eleven arrows as in the Chinese index (GB/T 19038), without complaints; which eleven the standard draws was \
                  not verified: these are those of ecsi without complaints, and image to quality",
        constructs: &["image", "expectation", "quality", "value", "satisfaction", "loyalty"],
        arrows: &[
            ("image", "expectation"),
            ("image", "quality"),
            ("image", "satisfaction"),
            ("image", "loyalty"),
            ("expectation", "quality"),
            ("expectation", "value"),
            ("expectation", "satisfaction"),
            ("quality", "value"),
            ("quality", "satisfaction"),
            ("value", "satisfaction"),
            ("satisfaction", "loyalty"),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::super::{Arrow, Block, Mode, PathModel};
    use super::*;

    #[test]
    fn every_preset_is_a_path_model_in_its_own_order() {
        for preset in &PRESETS[1..] {
            let block = |&name: &&str| Block { name: name.to_owned(), items: vec![format!("{name}1")], mode: Mode::A };
            let arrow = |&(from, to): &(&str, &str)| Arrow { from: from.to_owned(), to: to.to_owned() };
            let blocks: Vec<Block> = preset.constructs.iter().map(block).collect();
            let arrows: Vec<Arrow> = preset.arrows.iter().map(arrow).collect();
            let model = PathModel::new(&blocks, &arrows).expect(preset.name);
            assert_eq!(model.order(), (0..blocks.len()).collect::<Vec<_>>(), "{}", preset.name);
        }
        let arrows = |name: &str| PRESETS.iter().find(|preset| preset.name == name).map(|preset| preset.arrows.len());
        // Fornell 1996, figure 1; Tenenhaus 2005, figure 2; eleven as published of the Chinese index.
        assert_eq!([arrows("acsi"), arrows("ecsi"), arrows("ccsi")], [Some(9), Some(12), Some(11)]);
    }
}
