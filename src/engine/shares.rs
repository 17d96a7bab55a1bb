//! Which texts and heads of the built-in rules share a bucket of the sweep: a
//! bucket lets through every mixture of its own, and these let through the
//! fewest of the places that files have. Four bytes each (of heads the first
//! three), lower-case where case does not matter; a zero is any byte.
//!
//! `benches/train-buckets.rs` makes this anew. A rule that came later is not in
//! here and goes where `buckets.rs` puts it: nothing but speed hangs on this.

/// Texts that stand anywhere.
pub(super) static ANYWHERE: [&[u8]; 16] = [
    b":*:\x00::::==:\x00key\x00msh\x00{SHA",
    b"$2a$$2x$$2y$$gy$.opeclieenhaeniatightoke",
    b"$2b$$apr$krb%2b\x00%2f\x00%3d\x00+ABa+ARm+ASb+ASt+acr5Q~\x007Q~\x007z \x00",
    b"/:_pAIoTAzFu]:25]:58azsekiekmy_pmysqoy_koykepi_k",
    b"-us0-us1-us2-us3-us4-us5-us6-us7-us8-us9asswasv1ata:passtt-0tt-1tt-2tt-3tt-4tt-5tt-6tt-7\
      tt-8tt-9",
    b"2$m=2$v=b_pwd$m=d$v=d_pwdbpwerpwh_pwi$m=i$v=ils]n_pwndpword>otpwp_pwr_pwt_pw",
    b"ACDbaeskappkauthpp_kpswdwebh{SMD{SSH{odb",
    b":654]:46credmot_motdnnwonord",
    b"&acc&api+AMC:0:9?acc?apibasihasllogiooki",
    b"$1$\x00$2$0$2$1$2$2$2$3$5$\x00$6$\x00$7$\x00$8$\x00$9$\x00$H$\x00$P$\x00$S$\x00$y$\x00\
      ://\x00:262:543:643",
    b"\"aut&aut+AEh-key.Aut.aut.key?aut_aut_keydkeyekeyequigkeyikeynkeyrautrkeyskeytAuttkey",
    b"00D\x000Q~\x001Q~\x002Q~\x003Q~\x004Q~\x006Q~\x008Q~\x009Q~\x00_pw_pwd\x00",
    b"APIMAzCa[pyp\\u00ngDasalasecrsenasmtpsphrypi]",
    b"esloetBahmacrizarola",
    b"&sig&tok;sig?sig?tokbearicAuid$m",
    b"JQQJftp_hTokhtwosql_ssousswosync",
];

/// Texts that stand where words begin.
pub(super) static AT_WORDS: [&[u8]; 16] = [
    b"BasiFASTOAutbasebasifactkmf.machmapimatencftnmcloc lvaulya29",
    b"acceamzndockpermpodmteletk.etls-tlsbtokexoxdxoxe",
    b"BEGILogiPlaiREDIUserbeelbuilhealimapipmiisqllogilogzredirefrregiuserwlfr",
    b"CredHttpMYSQMySQPBEKPGPAWiFiads.agenartiatknaz lcdsacf lcleaclt.creacyphhtpamlflmlsnmysq\
      pbkdplinprinwith",
    b"PuTTSG.\x00pg_cpw:\x00pw=\x00set_setssetusl.\x00snyktg_\x00unzi",
    b"WPL_bootewdsexa(exa.exa_idenldapnoaardesrootupdawpa_",
    b"AUTHAuthCURLNewEScpCact.authcliecmdkcurlgetCkubencdcnet\x0cneteoutlser.smbcsupewebh",
    b"AAAADigeDiremp_ampresignsurvturnxfre",
    b"SECUSecrSymmpscapsk=pymysec-secrsecusk.eskopsnmpsnowssh-ssh2v1.0wine",
    b"AstrPassSSHPSftpSqlCSshCcqlshvb.hvr.hvs.jarslftppasspat.pscprabbrft.rpccsat.sql.sqlcsqlp\
      sqlxssh.sshp",
    b"dbx_deepdropkeyskeytoci_schttrus",
    b"bot\x00bws\x00cds.cds_jwt.st.\x00v2.\x00",
    b"NONCechohc_ahf_ohookjdbcjfromongodbcpmg_qdra",
    b"AQ.AAQE\x00AtzaAtzrFTP(app-app.app_appdappkapppappsazurdp.adp.cdp.pdp.sdsn\x00dt0\x00\
      ftp_ks.lpsexpwd\x00",
    b"AlgoLOGGargocopecraccx_Ooracsha1zip ",
    b"Net:Netwbcp bitwfio-listneo4net\tnet\nnet\x0bnet\rnet new nickp.eypw :pw =pw\" pw\":\
      pw\"=pw\"]pw' pw':pw'=pw']",
];

/// Heads.
pub(super) static HEADS: [&[u8]; 8] = [
    b"1//\x001/0\x001/1\x001/2\x001/3\x001/5\x001/7\x001/9\x00110\x00112\x00116\x00117\x00\
      118\x00119\x0011b\x0011f\x00AAA\x00AGE\x00API\x00APP\x00AQV\x00EAA\x00GOC\x00GR1\x00\
      K00\x00KGA\x00aac\x00am_\x00aph\x00api\x00app\x00arc\x00cal\x00cfa\x00cfl\x00cfs\x00\
      cfu\x00chp\x00cio\x00cmV\x00cog\x00con\x00cpk\x00crs\x00e2b\x00ewo\x00eyA\x00eyJ\x00\
      gb_\x00ghu\x00gov\x00jin\x00jp0\x00kpa\x00nap\x00nbp\x00nfb\x00nfc\x00nfo\x00nfp\x00\
      nfu\x00npg\x00nyk\x00",
    b"BSA\x00ES_\x00EZA\x00EZT\x00Vpr\x00bce\x00bed\x00bu_\x00bxt\x00ese\x00eu0\x00fed\x00\
      m0-\x00mct\x00mpt\x00mxb\x00mzp\x00p8e\x00per\x00ppl\x00pul\x00r8_\x00re_\x00ret\x00\
      rpa\x00rub\x00rzp\x00uca\x00upr\x00ver\x00vpr\x00zpr\x00zut\x00",
    b"NRA\x00NRI\x00NRJ\x00PLA\x00PMA\x00PRD\x00Ypr\x00inc\x00ipf\x00nk-\x00npm\x00odt\x00\
      ops\x00ory\x00pdl\x00pk-\x00pk1\x00pk_\x00pri\x00prj\x00prt\x00ptr\x00y0_\x00y2_\x00\
      ydc\x00ypr\x00",
    b"0/0\x000/1\x000/2\x000/3\x000/4\x000/5\x000/6\x000/7\x000/8\x000/9\x001/4\x001/6\x00\
      1/8\x002/0\x002/1\x002/2\x002/3\x002/4\x002/5\x002/6\x002/7\x002/8\x002/9\x004b1\x00\
      BBF\x00BBU\x00Qk9\x00RGA\x00SK0\x00SK1\x00SK2\x00SK3\x00SK4\x00SK5\x00SK6\x00SK7\x00\
      SK8\x00SK9\x00SKa\x00SKb\x00SKc\x00SKd\x00SKe\x00SKf\x00Upr\x00Zpr\x00bb_\x00bka\x00\
      bkc\x00bkp\x00bkr\x00bku\x00dG9\x00dbt\x00dke\x00dku\x00dns\x00doo\x00dop\x00dor\x00\
      dos\x00fnA\x00fo1\x00pnb\x00pnu\x00pol\x00pre\x00rk_\x00rnd\x00roo\x00sb_\x00sbp\x00\
      sgp\x00sk1\x00sk_\x00ske\x00skt\x00snt\x00spt\x00tgp\x00tk_\x00tnt\x00tpr\x00tpt\x00\
      tpu\x00tr_\x00unk\x00xke\x00xnd\x00xox\x00xpr\x00z_1\x00zpk\x00",
    b"CCD\x00CCI\x00CLO\x00FLW\x00FQo\x00Fwo\x00fc-\x00fhb\x00fig\x00fm1\x00fm2\x00fsq\x00\
      fw_\x00gho\x00ghp\x00ghr\x00ghs\x00git\x00gla\x00glc\x00gld\x00glf\x00gli\x00glo\x00\
      glp\x00glr\x00gls\x00glw\x00gsk\x00hcc\x00hcd\x00hcf\x00hch\x00hcn\x00hcp\x00hcs\x00\
      hct\x00hcv\x00hcx\x00hxt\x00kit\x00kla\x00lin\x00liv\x00llx\x00ls_\x00lsv\x00oaa\x00\
      ol_\x00os_\x00oy2\x00pa-\x00pac\x00pat\x00pcs\x00pha\x00phr\x00phs\x00phx\x00pin\x00\
      pla\x00pyp\x00s-s\x00sam\x00scp\x00shi\x00shp\x00sig\x00slg\x00slk\x00sm_\x00sq0\x00\
      sqp\x00syt\x00vca\x00vcc\x00vci\x00vck\x00vcp\x00vcr\x00wan\x00whs\x00xsm\x00zqt\x00\
      zwt\x00",
    b"ABI\x00ABS\x00ACC\x00AIz\x00AKC\x00AKI\x00IGA\x00IGQ\x00MC4\x00MHc\x00MIG\x00MIH\x00\
      MII\x00Mid\x00acc\x00aio\x00ak_\x00da2\x00dap\x00dat\x00dck\x00ddo\x00ddw\x00hb_\x00\
      hbp\x00hca\x00hcb\x00hce\x00hcg\x00hci\x00hcj\x00hck\x00hcl\x00hcm\x00hco\x00hcq\x00\
      hcr\x00hcu\x00hcw\x00hcy\x00hcz\x00ico\x00jca\x00mai\x00mar\x00mat\x00mb_\x00mcr\x00\
      md-\x00mdb\x00mka\x00rdm\x00ril\x00xaa\x00xai\x00xap\x00xau\x00",
    b"111\x00113\x00114\x00115\x0011a\x0011c\x0011d\x0011e\x00A3-\x00AQo\x00ASI\x00ATA\x00\
      ATB\x00ATC\x00ATT\x00AVN\x00IQo\x00LTA\x00as-\x00b3B\x00bt-\x00cqt\x00cs_\x00csb\x00\
      csk\x00cxt\x00ds-\x00dtn\x00dvc\x00n8n\x00ntn\x00nva\x00ovs\x00sqa\x00squ\x00sta\x00\
      tse\x00tsk\x00tvl\x00y1_\x00y3_\x00",
    b"CFP\x00HRK\x00KEY\x00SB-\x00SEC\x00cfk\x00ck-\x00ck_\x00cu_\x00ddp\x00dep\x00duf\x00\
      hf_\x00key\x00ldp\x00lds\x00lum\x00sdk\x00sec\x00sk-\x00sup\x00tes\x00tfp\x00tk-\x00",
];
