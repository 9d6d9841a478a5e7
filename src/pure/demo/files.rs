//! The files of a demo shop: their names, columns and meaning.

/// One file of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    Orders,
    Customers,
    Service,
    Suppressions,
    CustomerTruth,
    Truth,
    Costs,
    Spend,
    Referrals,
    Surveys,
    Complaints,
    Contacts,
    ContactTruth,
}

/// What a file is called and holds.
#[derive(Debug)]
pub struct FileRow {
    pub file: File,
    pub name: &'static str,
    /// Column names, comma separated; empty for the JSON file.
    pub header: &'static str,
    pub meaning: &'static str,
}

/// All files, in the order of [`File`].
pub const FILES: [FileRow; 13] = [
    FileRow {
        file: File::Orders,
        name: "orders.csv",
        header: "order_id,customer_id,order_time,item_id,description,category,quantity,unit_price,country",
        meaning: "one row per order line, in time order, with the dirt of a real export",
    },
    FileRow {
        file: File::Customers,
        name: "customers.csv",
        header: "customer_id,first_name,email,phone,country,consent,signup_date,channel",
        meaning: "one row per customer account, in order of sign-up; every name, address and number is invented",
    },
    FileRow {
        file: File::Service,
        name: "service.csv",
        header: "customer_id,event_time,event,order_id",
        meaning: "one row per late delivery or complaint, in time order",
    },
    FileRow {
        file: File::Suppressions,
        name: "suppressions.csv",
        header: "customer_id,since,reason",
        meaning: "customers who must not be contacted",
    },
    FileRow {
        file: File::CustomerTruth,
        name: "truth-customers.csv",
        header: "customer_id,type,taste,orders,left_date,cause,cycle_item,cycle_days,gap_days,regularity,slowing,season_share,spent,margin",
        meaning: "what was planted in each customer: type, favourite category, when and why they left, what they buy again, the rhythm of their visits and what they brought in",
    },
    FileRow { file: File::Truth, name: "truth.json", header: "", meaning: "what was planted in the shop as a whole" },
    FileRow {
        file: File::Costs,
        name: "costs.csv",
        header: "item_id,unit_cost",
        meaning: "what the shop pays for one piece of each item",
    },
    FileRow {
        file: File::Spend,
        name: "spend.csv",
        header: "month,channel,amount",
        meaning: "what was spent to win customers, by month (its first day) and channel",
    },
    FileRow {
        file: File::Referrals,
        name: "referrals.csv",
        header: "referrer_id,customer_id,date",
        meaning: "new customers whom another customer brought",
    },
    FileRow {
        file: File::Surveys,
        name: "surveys.csv",
        header: "customer_id,sent_date,wave,answered_date,expect_1,expect_2,expect_3,quality_1,quality_2,quality_3,quality_4,\
                 value_1,value_2,satisfied_1,satisfied_2,satisfied_3,loyal_1,loyal_2,recommend,easy",
        meaning: "one row per customer and survey, in the order in which they were sent; empty where nobody answered. \
                  Answers are 1 to 10, `recommend` 0 to 10, `easy` 1 to 7",
    },
    FileRow {
        file: File::Complaints,
        name: "complaints.csv",
        header: "complaint_id,customer_id,date,order_id,kind,resolved_date,compensation",
        meaning: "one row per complaint, in time order; without a date of resolution it is still open",
    },
    FileRow {
        file: File::Contacts,
        name: "contacts.csv",
        header: "contact,customer,event,date,list,arm,probability,offer,channel,cause,valid_until,unit,cost",
        meaning: "with campaigns: one row per event of a contact, in order of date; `probability` is the chance of the arm, `cost` \
                  that of the contact in its planned row and that of the offer where it is redeemed",
    },
    FileRow {
        file: File::ContactTruth,
        name: "truth-contacts.csv",
        header: "customer_id,list,date,arm,response,effect,caused,prevented",
        meaning: "with campaigns: one row per customer and list, with how the customer answers to contacts, what a contact changes \
                  (chance of one order more within 30 days, below 0 the chance to stay away for as long, 0 where nothing arrives \
                  or nobody is left), and the orders that it did bring or prevent",
    },
];

impl File {
    /// The file's row in [`FILES`].
    pub fn row(self) -> &'static FileRow {
        &FILES[self as usize]
    }
}

/// Some whole rows of one file, without the header.
#[derive(Debug)]
pub struct Piece<'a> {
    pub file: File,
    /// Day (since 1970-01-01) in whose nightly extract the rows come; rows about the whole history come on its last.
    pub day: i64,
    pub bytes: &'a [u8],
}

/// Appends a whole number.
pub fn push_int(out: &mut Vec<u8>, value: i64) {
    let mut digits = [0u8; 20];
    let mut place = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        place -= 1;
        digits[place] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[place..]);
}

/// Appends hundredths as a decimal with two places.
pub fn push_money(out: &mut Vec<u8>, hundredths: i64) {
    if hundredths < 0 {
        out.push(b'-');
    }
    push_int(out, hundredths.abs() / 100);
    let cents = (hundredths.abs() % 100) as u8;
    out.extend_from_slice(&[b'.', b'0' + cents / 10, b'0' + cents % 10]);
}

/// Appends a day as `YYYY-MM-DD`.
pub fn push_date(out: &mut Vec<u8>, day: i64) {
    let (year, month, day_of_month) = crate::numeric::calendar::civil_of_day(day);
    push_int(out, year);
    for part in [month, day_of_month] {
        out.extend_from_slice(&[b'-', b'0' + (part / 10) as u8, b'0' + (part % 10) as u8]);
    }
}

/// Appends an instant in civil seconds as `YYYY-MM-DD HH:MM:SS`.
pub fn push_time(out: &mut Vec<u8>, time: i64) {
    push_date(out, time.div_euclid(86_400));
    let second = time.rem_euclid(86_400);
    for (mark, part) in [(b' ', second / 3_600), (b':', second / 60 % 60), (b':', second % 60)] {
        out.extend_from_slice(&[mark, b'0' + (part / 10) as u8, b'0' + (part % 10) as u8]);
    }
}

/// Appends a text cell, quoted where RFC 4180 asks for it.
pub fn push_text(out: &mut Vec<u8>, text: &str) {
    if text.contains([',', '"', '\n', '\r']) {
        out.push(b'"');
        for byte in text.bytes() {
            if byte == b'"' {
                out.push(b'"');
            }
            out.push(byte);
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("only ASCII was written")
    }

    #[test]
    fn cells_read_as_expected() {
        assert_eq!(written(|out| push_int(out, 0)), "0");
        assert_eq!(written(|out| push_int(out, -1_234)), "-1234");
        assert_eq!(written(|out| push_money(out, -5)), "-0.05");
        assert_eq!(written(|out| push_money(out, 110_620)), "1106.20");
        assert_eq!(written(|out| push_time(out, 951_782_400 + 3_661)), "2000-02-29 01:01:01");
        assert_eq!(written(|out| push_text(out, "Torch 9\" long")), "\"Torch 9\"\" long\"");
    }

    #[test]
    fn each_file_finds_its_row() {
        for row in &FILES {
            assert_eq!(row.file.row().name, row.name);
        }
    }
}
