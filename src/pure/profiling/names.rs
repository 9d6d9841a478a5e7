//! What columns are called: one table of names for each role, in the languages of common exports.
//!
//! Names are written in the form of [`plain`]: lower case, without accents, blanks and signs.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::role::Role;

/// A name as it is compared: without letter case, accents, blanks and signs; wide letters are narrow.
pub fn plain(name: &str) -> String {
    words(name).concat()
}

/// The words of a name, each in that form; `createdAt` and `created_at` have two.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        let starts = letter.is_uppercase() && before.is_lowercase();
        if (!letter.is_alphanumeric() || starts) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// How well a name fits a role, 0 to 1: 1 where it is one of the role's own names, less where it only ends with one, or where
/// the name is one that other roles have as well.
pub(super) fn fit(name: &str, role: Role) -> f64 {
    let words = words(name);
    let whole = words.concat();
    let row = NAMES.iter().find(|row| row.role == role);
    let Some(row) = row.filter(|_| !whole.is_empty()) else { return 0.0 };
    let is = |list: &[&str], text: &str| each(list).any(|known| known == text);
    if is(row.own, &whole) {
        return 1.0;
    }
    if is(row.shared, &whole) {
        return 0.75;
    }
    // The words at the end say what it is: `billing email`, `item quantity`.
    let ends = (1..words.len()).map(|at| words[at..].concat());
    let ends = ends.filter(|text| text.chars().count() >= 3).any(|text| is(row.own, &text));
    // Chinese and Japanese names have no blanks between their words.
    let wide = |list: &[&str]| {
        each(list).any(|known| known.chars().count() >= 2 && known.chars().all(is_wide) && whole.ends_with(known))
    };
    if ends || wide(row.own) { 0.65 } else { 0.0 }
}

/// The names of a list: each of its texts holds several, parted by blanks.
fn each<'a>(list: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    list.iter().flat_map(|names| names.split_ascii_whitespace())
}

fn is_wide(letter: char) -> bool {
    ('\u{3040}'..='\u{9FFF}').contains(&letter)
}

/// The names of a role, parted by blanks: its own, and those that columns of other roles have too.
struct Row {
    role: Role,
    own: &'static [&'static str],
    shared: &'static [&'static str],
}

/// Names of each role in English, Chinese (both scripts), German, Spanish, French and Portuguese.
static NAMES: &[Row] = &[
    Row {
        role: Role::Order,
        own: &[
            "order orderid ordernumber orderno ordernum orderref orderreference orderkey ordercode invoice",
            "invoiceid invoiceno invoicenumber receiptid receiptno receiptnumber basketid ticketno",
            "ticketnumber 订单号 订单编号 订单id 订单 交易号 订单号码 單號 单号 訂單編號 訂單號碼 訂單號 訂單",
            "bestellnummer bestellnr bestellungsnr bestellid auftragsnummer auftragsnr auftrag",
            "rechnungsnummer rechnungsnr belegnummer belegnr bonnummer bonnr pedido npedido nopedido",
            "numerodepedido numeropedido idpedido pedidoid nfactura numerodefactura numerofactura commande",
            "numerodecommande numerocommande ncommande nocommande nodecommande ndecommande idcommande",
            "numerodefacture numerofacture numerodopedido nodopedido codigodopedido notafiscal",
        ],
        shared: &[
            "transaction transactionid transactionno transactionnumber receipt basket ticket bill billno",
            "documentno bestellung rechnung beleg bon factura facture fatura 小票号",
        ],
    },
    Row {
        role: Role::Customer,
        own: &[
            "customer customerid customernumber customerno customercode customerkey custid custno client",
            "clientid clientno buyerid buyerusername memberid memberno loyaltyid shopperid 客户 客户编号",
            "客户id 客户号 客户代码 顾客 顾客id 顾客编号 会员 会员号 会员编号 会员id 用户id 买家 买家id",
            "买家会员名 客戶 客戶編號 客戶代碼 顧客 顧客編號 會員 會員編號 買家 kunde kundennummer kundennr",
            "kundenid kdnr cliente idcliente clienteid codigocliente codigodecliente codigodelcliente",
            "numerodecliente ncliente nocliente idclient codeclient numeroclient numerodeclient nclient",
            "noclient codigodocliente numerodocliente",
        ],
        shared: &[
            "user userid username buyer member account accountid contactid household householdid 用户 會員名",
            "id客户 comprador acheteur kaufer",
        ],
    },
    Row {
        role: Role::Item,
        own: &[
            "item itemid itemcode itemno itemnumber sku itemsku productsku variantsku stockcode product",
            "productid productcode productno productnumber article articleid articleno articlenumber",
            "articlecode asin listingid goodsid 商品 商品编号 商品编码 商品id 商品代码 商品sku 货号 产品",
            "产品编号 产品id 商品編號 商品代碼 商品料號 貨號 品號 產品 產品編號 artikel artikelnummer",
            "artikelnr artnr artikelid produkt produktnummer produktid articulo codigoarticulo",
            "codigodearticulo producto idproducto codigoproducto codigodeproducto codearticle",
            "referencearticle refarticle produit idproduit referenceproduit refproduit codeproduit produto",
            "idproduto codigoproduto codigodoproduto",
        ],
        shared: &["goods ean gtin upc barcode referencia reference 条码 條碼 customlabel"],
    },
    Row {
        role: Role::Description,
        own: &[
            "description itemname itemtitle itemdescription productname producttitle productdescription",
            "articlename goodsname 商品名称 商品名 产品名称 宝贝标题 宝贝名称 商品标题 商品名稱 產品名稱 品名",
            "商品標題 bezeichnung artikelbezeichnung artikelname produktname produktbezeichnung beschreibung",
            "descripcion nombreproducto nombredelproducto nombredeproducto descripciondelproducto designation",
            "libelle nomproduit nomduproduit nomarticle descricao nomeproduto nomedoproduto",
            "descricaodoproduto",
        ],
        shared: &["title name 标题"],
    },
    Row {
        role: Role::Category,
        own: &[
            "category categoryname productcategory productcategoryname itemcategory productgroup producttype",
            "department 分类 类目 品类 类别 商品分类 分類 類別 商品分類 kategorie warengruppe produktgruppe",
            "categoria familia categorie rubrique rayon departamento",
        ],
        shared: &["group section gruppe"],
    },
    Row {
        role: Role::Time,
        own: &[
            "datetime orderdate ordertime orderdatetime orderedat orderedon orderpurchasetimestamp",
            "ordertimestamp purchasedate purchasetime purchasedat invoicedate invoicetime createdat",
            "ordercreatedat saledate saletime salesdate transactiondate transactiontime dateoforder",
            "dateofpurchase placedat 下单时间 下单日期 订单时间 订单日期 订单创建时间 创建时间 交易时间",
            "交易日期 销售日期 销售时间 购买时间 购买日期 下單時間 下單日期 訂單時間 訂單日期 訂單成立時間",
            "訂單成立日期 建立時間 購買時間 購買日期 交易時間 銷售日期 bestelldatum bestellzeit",
            "bestellzeitpunkt auftragsdatum rechnungsdatum belegdatum kaufdatum verkaufsdatum fechapedido",
            "fechadepedido fechadelpedido fechacompra fechadecompra fechafactura fechahora datecommande",
            "datedecommande dateachat datedachat datefacture datevente datapedido datadopedido datacompra",
            "datadacompra datahora datavenda",
        ],
        shared: &[
            "time date timestamp created day processedat paidat paymentdate datepaid 付款时间 时间 日期 時間",
            "付款時間 datum zeit zeitpunkt fecha heure data dia hora",
        ],
    },
    Row {
        role: Role::Clock,
        own: &["timeofday uhrzeit 时刻"],
        shared: &["time hour hora heure zeit 时间 時間 ordertime saletime"],
    },
    Row {
        role: Role::Quantity,
        own: &[
            "quantity qty orderqty orderquantity quantityordered qtyordered quantitypurchased itemquantity",
            "lineitemquantity pieces 数量 购买数量 商品数量 件数 销售数量 數量 購買數量 商品數量 件數 menge",
            "anzahl stuck stuckzahl stueck bestellmenge cantidad unidades quantite qte quantidade qtd qtde",
        ],
        shared: &["units count numberofcds items pcs"],
    },
    Row {
        role: Role::UnitPrice,
        own: &[
            "unitprice priceperunit priceeach itemprice lineitemprice sellingprice productprice 单价 商品单价",
            "售价 销售单价 單價 商品單價 售價 einzelpreis stuckpreis stueckpreis verkaufspreis preisprostuck",
            "preciounitario precioporunidad prixunitaire precounitario valorunitario",
        ],
        shared: &["price 价格 價格 preis precio prix pu preco"],
    },
    Row {
        role: Role::LineTotal,
        own: &[
            "linetotal lineamount linevalue netsales itemtotal extendedprice itemsubtotal 小计 商品总价",
            "商品金额 小計 商品總價 商品金額 positionssumme zeilensumme positionsbetrag totallinea",
            "importelinea totalligne montantligne totallinha",
        ],
        shared: &[
            "amount subtotal sales grosssales revenue totalprice 金额 销售额 金額 銷售額 betrag umsatz",
            "importe montant valor",
        ],
    },
    Row {
        role: Role::OrderTotal,
        own: &[
            "ordertotal grandtotal orderamount ordervalue totalamount amountpaid totalpaid total 总金额",
            "订单金额 订单总额 实付金额 总价 总计 总额 總金額 訂單金額 訂單總額 總計 總額 實付金額",
            "gesamtbetrag gesamtsumme gesamtpreis gesamt bestellwert rechnungsbetrag importetotal totalpedido",
            "totalfactura montanttotal totalcommande totalttc valortotal totaldopedido dollarvalue",
        ],
        shared: &[
            "amount value price payment paymentvalue spend sales revenue summe 买家实际支付金额 金额 金額",
            "umsatz importe montant valor",
        ],
    },
    Row {
        role: Role::Currency,
        own: &["currency currencycode ordercurrency 币种 货币 幣別 貨幣 wahrung waehrung moneda devise moeda"],
        shared: &["monnaie"],
    },
    Row {
        role: Role::Country,
        own: &[
            "country countrycode shipcountry shippingcountry billingcountry deliverycountry 国家 国家地区",
            "國家 land lieferland pais pays paisdeenvio",
        ],
        shared: &["region nation 地区 地區"],
    },
    Row {
        role: Role::Email,
        own: &[
            "email mail emailaddress customeremail buyeremail billingemail contactemail 邮箱 电子邮箱",
            "电子邮件 郵箱 電子郵件 電子信箱 emailadresse mailadresse correo correoelectronico courriel",
            "adressemail adresseemail correioeletronico enderecodeemail",
        ],
        shared: &["eposta"],
    },
    Row {
        role: Role::Telephone,
        own: &[
            "phone phonenumber telephone tel mobile mobilephone mobilenumber cellphone 电话 手机 手机号",
            "手机号码 联系电话 電話 手機 手機號碼 聯絡電話 telefon telefonnummer handy handynummer",
            "mobilnummer telefono movil telefonomovil portable telefone celular",
        ],
        shared: &["fax contact"],
    },
    Row {
        role: Role::FirstName,
        own: &["firstname givenname forename 名字 vorname nombre prenom primeironome"],
        shared: &["first"],
    },
    Row {
        role: Role::LastName,
        own: &["lastname surname familyname 姓氏 姓 nachname apellido apellidos nomdefamille sobrenome"],
        shared: &["last"],
    },
    Row {
        role: Role::Consent,
        own: &[
            "consent optin marketingoptin emailoptin acceptsmarketing acceptsemailmarketing emailconsent",
            "marketingconsent newsletter newsletteroptin subscribed emailmarketingconsent 订阅 营销同意 同意",
            "訂閱 einwilligung werbeeinwilligung newsletteranmeldung consentimiento aceptamarketing",
            "consentement optinemail consentimento aceitamarketing",
        ],
        shared: &["marketing subscription"],
    },
    Row {
        role: Role::Reason,
        own: &["reason suppressionreason unsubscribereason 原因 grund abmeldegrund motivo razon motif raison"],
        shared: &[],
    },
    Row {
        role: Role::Status,
        own: &[
            "status orderstatus financialstatus paymentstatus 订单状态 状态 訂單狀態 狀態 bestellstatus",
            "auftragsstatus estado estadodelpedido statut etat statutcommande situacao statusdopedido",
        ],
        shared: &["state eventtype"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_their_dress() {
        assert_eq!(plain("Customer ID"), "customerid");
        assert_eq!(plain("\u{FEFF}Nº de Pédido"), "nodepedido");
        assert_eq!(plain("收货地址 "), "收货地址");
        assert_eq!(words("orderCreatedAt"), ["order", "created", "at"]);
    }

    #[test]
    fn every_name_of_the_table_is_in_its_plain_form_and_stands_once_for_its_role() {
        for row in NAMES {
            let mut all: Vec<&str> = each(row.own).chain(each(row.shared)).collect();
            for name in &all {
                assert_eq!(plain(name), *name);
            }
            all.sort_unstable();
            let count = all.len();
            all.dedup();
            assert_eq!(all.len(), count, "{:?}", row.role);
        }
    }
}
