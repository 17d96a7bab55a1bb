//! Which texts and heads of the built-in rules share a bucket of the sweep: a
//! bucket lets through every mixture of its own, and these let through the
//! fewest of the places that files have. Four bytes each (of heads the first
//! three), lower-case where case does not matter; a zero is any byte.
//!
//! `benches/train-buckets.rs` makes this anew. A rule that came later is not in
//! here and goes where `buckets.rs` puts it: nothing but speed hangs on this.

/// Buckets of texts that stand anywhere, of those that stand where words begin,
/// and of heads.
pub(super) struct Shares {
    pub anywhere: [&'static [u8]; 16],
    pub at_words: [&'static [u8]; 16],
    pub heads: [&'static [u8]; 8],
}

/// For bytes that are read by six bits.
pub(super) static SIX_BITS: Shares = Shares {
    anywhere: [
        b"$2$0$2$1$2$2$2$3$2b$$2y$$S$\x00%2b\x00%2f\x00:*:\x00://\x00:250==:\x00key\x00key \
          key-keymmd5 msh\x00xec ",
        b"&sig-us1-us2-us5-us6-us7-us8.Bin;sig?sigACDbAPIM]:25aCS:apitasswauthist:logglow\x1f\
          lowfmotdmqttmysq{SSH{odb",
        b"\x1falo $8$ $9$ aut\"$9$\"aut&aut.Aut.aut2$m=2$v=:262:aut<aut?autAIoTSALT_autargo\
          esloi$m=i$v=oadTord>rautsalttAut",
        b"\x1flas AES DES:154:654AzFuJQQJ[admaddIadmihidsjwt-jwtkjwts",
        b"\nuse\x1fpee\x1fuse#use$gy$->au-us0-us3-us4-us9:543:643:pse[pyp[use\\u00cc_ecryphpw(\
          icAuigniion(irep{CLE",
        b"\x1ftim:0:9::::::auadiuaeskata:azsebearc_sah::mh_saoykett-0tt-1tt-2tt-3tt-4tt-5tt-6\
          tt-7tt-8tt-9xtAuy_sa",
        b"-key.key/:_pEXT}_keyekeygkeyh [\"jwt.jwt_mot_my_pnkeyr().rkeyskeysmtpult_umn\x1f",
        b"+ASt0Q~\x001Q~\x002Q~\x003Q~\x004Q~\x005Q~\x006Q~\x007Q~\x007z \x008Q~\x009Q~\x00\
          :AA\x00haslhmacpasspwd\x00pwd_",
        b"\x1fnam$2a$$apr$krb+ARm+ASbRLSai_pwid$mils]n_pwn_sandpwnordr_pwrizarnamrolasalashPa\
          sharshid",
        b"*enc->coNewCfillken_nd\x0b(nd\x0c(nd\r(nnwosecrsphrsql_te\x0b(te\x0c(te\r(teFrvpn_\
          ync(",
        b"$2x$&acc&api+acr?acc?api]:46]:58_accb_pwbasicredl_pwlogioderooki",
        b"\x1fmou&tok+AEh+AMC?tokd$m=d$v=dKeydkeydsechTokhtokhtwokiekpswdscovseedssousswdsswo\
          stoktTextightkey{SMD",
        b"\nPas$7$6$7$8-pas.ope.typ`Basd_pwdbpwftp_hSynh_pwonveooksotpwoxy_p_pwpskst_pwtoke",
        b"\x1fcry\x1fpgp\x1fsea${PA${Pa${VA${paAep8AzCaasv1bcryikeypeppsenawebh{PLA{SHA",
        b"\nP=\x00$1$\x00$5$\x00$6$\x00$7$\x00$7$0$7$1$7$2$7$3$7$4$7$5$7$7$7$9$8$\x00$9$\x00\
          $H$\x00$P$\x00$y$\x00%3d\x0000D\x00erpwewDiewPlngDa",
        b"+ABa2812EAP _pw__|WAapp_appkenhaeniaetBaetVaon_soy_kpi_kpp_kypi]",
    ],
    at_words: [
        b"AUTHAuthNetwPuTTWiFiartiauthnet\tnet\x0cnet pw\" pw\"]pw\' pw\']setVsetstrusunziwith\
          zip ",
        b"CREDCURLCredCrypMLY|MYSQMySQSftpSymmcdsacf lcleacreacredcurlcx_Ohf_oldaplftpmlflmnem\
          mp_amysqqdrasnmpsp_asumo",
        b"Connacceact.ads.alteapi.api_az lbitwbot0bot1bot2bot3bot4bot5bot6bot7bot8bot9builcds.\
          cds_clieclt.gin.idenipinkubemlsnmosqoc loci_openoutlwine",
        b"PBEKPlaiREDIUserhealipmiisakisqljedip.eyplaiprd:provpymyradiredirefrregiuserwebhwlfr",
        b"FTP(NewEVIKebtoabws\x00fio-ftp_neo4new pk.\x00pw:\x00pw=\x00pwd\x00v2.\x00",
        b"InpuScpCaddVakabcheccmdkcracenabforcomdboracsha1snykx-acx-au",
        b"Algoargoencoenv:getCgrubnet\nnickrecorpccrwcov1.0v1.C",
        b"AES.AES_BEGIBasiSaslVF.DVF.Wbasebasibeeldbx_deepexa(exa.exa_sbx:seedsk-wskopv02%v02:\
          v03%v03:v^1.vaulvk1.vk2.",
        b"HashNNSXNONCPassWPL_hashhc_ahmachtpahvs.ncdcnoaanpmApasspg_cpmg_podmpscapss_wolfwpa_",
        b"AAAAAAPKAAPTHUAWamzndockhookrocorootsk.esocksupesurvtacatk.etoketurnxoxe",
        b"LOGGLogiSQLib64ecachcopecqlscyphlogilogzmachmapisnowsqlxya29yagm",
        b"DigeDireHttpX509drophvb.hvr.imapjarsjfromatemd5smfa.mprerabbrdesrft.x-apxfre",
        b"DBI-FASTSaltThinbcp exp expdfactimp impdirc.kmf.ncftpat.pbkdplinprinsat.schttkn.tls-\
          tlsb",
        b"FernNet:SECUSQLCSSHPSecrSecuSql.SqlCSshCfilljdbcjwt.neignet\x0bnet\rnmclodbcon >perm\
          pscppw :pw =pw\":pw\"=pw\':pw\'=sec-secrsecuser.setusignsmbcsmbmsql.sqlcsqllsqlpssh-\
          ssh.ssh2sshp",
        b"AQ.AAQE\x00AtzaAtzrPGPAPSK SG.\x00agenapp-app.app_appdappkapppappsatkndp.adp.cdp.p\
          dp.sdsn\x00dt0\x00ks.lpsexpsk=sl.\x00st.\x00",
        b"BUNDOAutXAUTagorazurbootechoewdskeyrkeyskeytmodpmongoautquotxoxd",
    ],
    heads: [
        b"0/0\x000/1\x000/2\x000/3\x000/4\x000/5\x000/6\x000/7\x000/8\x000/9\x001//\x001/0\x00\
          1/1\x001/2\x001/3\x001/4\x001/5\x001/6\x001/7\x001/8\x001/9\x00110\x00111\x00112\x00\
          113\x00114\x00115\x00116\x00117\x00118\x00119\x0011a\x0011b\x0011c\x0011d\x0011e\x00\
          11f\x002/0\x002/1\x002/2\x002/3\x002/4\x002/5\x002/6\x002/7\x002/8\x002/9\x00ABI\x00\
          ABS\x00API\x00APP\x00AQV\x00AQo\x00ASI\x00BBD\x00BBF\x00BBU\x00BQY\x00BSA\x00ES_\x00\
          EZA\x00EZT\x00FLW\x00FPS\x00FQo\x00Fwo\x00Qk9\x00chp\x00ck-\x00ck_\x00cke\x00cog\x00\
          con\x00cqt\x00ctx\x00dke\x00dku\x00doo\x00dop\x00dor\x00dos\x00dtn\x00eo_\x00ewo\x00\
          fhb\x00fo1\x00fw_\x00gho\x00ghp\x00ghr\x00ghs\x00ghu\x00gov\x00mka\x00mob\x00pha\x00\
          phr\x00phs\x00phx\x00pol\x00ptl\x00ptr\x00roo\x00rqs\x00whs\x00xke\x00xox\x00zqt\x00\
          zwt\x00",
        b"ATA\x00ATB\x00ATC\x00ATT\x00AVN\x00IGA\x00IGQ\x00IQo\x00LTA\x00L_S\x00bed\x00dep\x00\
          fed\x00key\x00mer\x00per\x00re_\x00res\x00ret\x00sec\x00ses\x00sga\x00sgp\x00tes\x00\
          tgp\x00ver\x00web\x00",
        b"4b1\x00KEY\x00QN_\x00SB-\x00SBX\x00SEC\x00SNA\x00SOA\x00SUA\x00TES\x00T_S\x00b3B\x00\
          bb_\x00bce\x00bxt\x00cfa\x00cfk\x00cfl\x00cfs\x00cfu\x00cre\x00crs\x00cxt\x00dbt\x00\
          dck\x00ddo\x00ddp\x00ddw\x00dvc\x00hb_\x00hbp\x00hca\x00hcb\x00hcc\x00hcd\x00hce\x00\
          hcf\x00hcg\x00hch\x00hci\x00hcj\x00hck\x00hcl\x00hcm\x00hcn\x00hco\x00hcp\x00hcq\x00\
          hcr\x00hcs\x00hct\x00hcu\x00hcv\x00hcw\x00hcx\x00hcy\x00hcz\x00hf_\x00hsk\x00hxt\x00\
          ldp\x00lds\x00ls_\x00lsv\x00mb_\x00mcr\x00mct\x00md-\x00mdb\x00mrp\x00mxb\x00mzp\x00\
          n8n\x00nbp\x00nc_\x00nf-\x00nfb\x00nfc\x00nfo\x00nfp\x00nfu\x00nva\x00ory\x00ovs\x00\
          p8e\x00pb_\x00pdl\x00pre\x00pri\x00prj\x00pro\x00prt\x00prv\x00r8_\x00rc_\x00rdm\x00\
          rzp\x00tfp\x00tr_\x00tse\x00tsk\x00tvl\x00y2_\x00y3_\x00",
        b"DO0\x00DO8\x00GOC\x00GOO\x00GR1\x00HRK\x00NRA\x00NRI\x00NRJ\x00NRR\x00cli\x00cmV\x00\
          cnv\x00cu_\x00cur\x00dns\x00duf\x00dyn\x00flp\x00fm1\x00fm2\x00fmu\x00rk_\x00rnd\x00\
          rub\x00tk-\x00tk_\x00tly\x00tnt\x00wlp\x00wlu\x00",
        b"JDC\x00bka\x00bkc\x00bkp\x00bkr\x00bku\x00bp_\x00bpk\x00bt-\x00bu_\x00gb_\x00git\x00\
          gla\x00glc\x00gld\x00glf\x00gli\x00glo\x00glp\x00glr\x00gls\x00glw\x00kit\x00kla\x00\
          kpa\x00lin\x00liv\x00llx\x00lum\x00odt\x00ol_\x00ops\x00oy2\x00pcs\x00pin\x00pk-\x00\
          pk1\x00pk_\x00pl_\x00pla\x00pnb\x00pnu\x00ppl\x00pub\x00pul\x00pyp\x00s-s\x00sb_\x00\
          sbp\x00scp\x00sd_\x00sdk\x00shi\x00shp\x00sig\x00sk-\x00sk1\x00sk_\x00ske\x00skt\x00\
          slg\x00slk\x00sm_\x00snt\x00spt\x00sq0\x00sqa\x00sqp\x00squ\x00sta\x00ste\x00sup\x00\
          syt\x00y0_\x00y1_\x00ydc\x00ypr\x00z_1\x00zpk\x00zpr\x00zut\x00",
        b"5b3\x00CFP\x00CHA\x00CLO\x00PLA\x00PMA\x00PRD\x00Vpr\x00Ypr\x00Zpr\x00cio\x00cpk\x00\
          env\x00fc-\x00fca\x00fig\x00fnA\x00ico\x00inc\x00ipb\x00ipf\x00jca\x00jin\x00jp0\x00\
          jp_\x00m0-\x00mpt\x00ril\x00rpa\x00tpr\x00tpt\x00tpu\x00uca\x00unk\x00up_\x00upr\x00\
          xnd\x00xpr\x00",
        b"3AA\x00A3-\x00AAA\x00ACC\x00AGE\x00AIz\x00AKC\x00AKI\x00AKL\x00CAP\x00CCD\x00CCI\x00\
          CG-\x00EAA\x00EK-\x00EXO\x00RGA\x00SAA\x00SCA\x00SCT\x00SCW\x00SG_\x00SK0\x00SK1\x00\
          SK2\x00SK3\x00SK4\x00SK5\x00SK6\x00SK7\x00SK8\x00SK9\x00SKa\x00SKb\x00SKc\x00SKd\x00\
          SKe\x00SKf\x00SXA\x00aac\x00as-\x00asa\x00cal\x00cs_\x00csb\x00csk\x00dG9\x00da2\x00\
          dap\x00dat\x00ds-\x00dsp\x00ese\x00ess\x00fas\x00fsq\x00gsk\x00mai\x00mar\x00mat\x00\
          nap\x00oaa\x00os_\x00pa-\x00pac\x00pat\x00rag\x00ram\x00sam\x00sat\x00ss_\x00use\x00\
          wak\x00wan\x00xaa\x00xai\x00xap\x00xau\x00xsm\x00",
        b"K00\x00KGA\x00MC4\x00MC5\x00MHc\x00MIG\x00MIH\x00MII\x00Mid\x00Upr\x00acc\x00act\x00\
          adm\x00aio\x00ak-\x00ak_\x00am_\x00ap2\x00aph\x00api\x00app\x00arc\x00ats\x00aut\x00\
          e2b\x00eu0\x00eyA\x00eyJ\x00nk-\x00npg\x00npm\x00ntn\x00nyk\x00v2x\x00vca\x00vcc\x00\
          vci\x00vck\x00vcp\x00vcr\x00vmw\x00vpr\x00",
    ],
};

/// For bytes that are read by four bits, and by others two together.
pub(super) static NIBBLES: Shares = Shares {
    anywhere: [
        b"\nP=\x00.typ0Q~\x001Q~\x002Q~\x003Q~\x004Q~\x005Q~\x006Q~\x007Q~\x008Q~\x009Q~\x00\
          [pypkey\x00key key-keymtt-0tt-1tt-2tt-3tt-4tt-5tt-6tt-7tt-8tt-9",
        b"\nPas\nuse\x1ftim\x1fuse$1$\x00$2$0$2$1$2$2$2$3$2a$$2b$$2y$$5$\x00$6$\x00$7$\x00$7$0\
          $7$1$7$2$7$3$7$4$7$5$7$6$7$7$7$8$7$9$8$\x00$9$\x00$H$\x00$P$\x00$S$\x00$gy$$krb\
          $y$\x00${VA%2b\x00%2f\x00%3d\x00&acc&sig&tok+ABa+ARm+ASb+acr://\x00:AA\x00:pse;sig\
          ?acc?sig?tok",
        b"#use-us0-us1-us4-us5-us7-us8-us9.opeAPIMAzCa[use\\u00apitappkazsec_sah_san_sasecr\
          shPashidxec y_saync(ypi]",
        b" AES DES+AEh00D\x00:*:\x00:0:9:154:643:654::::==:\x00[adm]:46]:58jwt-jwt.msh\x00\
          pwd\x00pwd_{SHA",
        b"\x1fpee\x1fsea7z \x00_keypeppseedskeyte\x0b(teFr",
        b"Aep8AzFu`Basadiuapp_asv1ftp_h_pwhidsken_mot_ooksord>otpwoxy_psksvpn_xtAu",
        b":250::au]:25b_pwbcrydKeydbpwdkeyi_pwicAuikeyirepl_pwlogglogirkeyrnamrolatkeytoke{CLE",
        b"\x1falo_pw__|WAauthesloetVahTokhtokhtwojwt_jwtkoy_kpi_kpp_ksalasenasswostokte\x0c(\
          te\r(tighult_umn\x1f{PLA",
        b"\x1fcry $8$ $9$ aut\"$9$&api&aut2$m=2$v=:aut<aut?api?autJQQJata:d$m=d$v=i$m=i$v=ist:\
          mqttpswd",
        b"EXT}etBaewDiid$migniils]ion(nd\x0b(ngDaookiwebh",
        b"${PA${Pa${paRLSacrypd_pwerpwewPljwtsmysqn_pwp_pwpassr_pwrizasmtpt_pw",
        b"*enc->co-us2-us3-us6.Bin:262:543ACDbNewCaesklow\x1flowfmotdnnwonord{SMD{SSH{odb",
        b"2812SALTbearcc_eh [\"hSynhpw(r().saltscovsharsphrsql_ssousswd",
        b"\"aut$2x$+AMC+ASt_acc_autaCS:argoasswbasicreddsechaslrauttAut",
        b"$apr-key.Aut.aut.keyAIoTEAP addIadmiekeyfillgkeykiekmd5 nd\x0c(nd\r(ndpwnkeyoadToder\
          tTex",
        b"\x1flas\x1fmou\x1fnam\x1fpgp->au-pas/:_penhaeniah::mhmacmy_pon_sonveoyke",
    ],
    at_words: [
        b"AUTHAuthBUNDREDIWiFiappdappkartiauthexp expdipminpmAqdrarabbradirediunziwebhwithya29",
        b"HUAWPlaiSQLiSql.Userexa(exa.exa_plaipmg_psexrefrregisha1sql.sqllsqlxuser",
        b"DBI-DigeInpuMYSQMySQNNSXVIKecreacyphgin.grubipinirc.mnemmysqsbx:signwine",
        b"AlgoPBEKSG.\x00VF.DVF.Wagencf lcleaclieneigpbkdpk.\x00plinprinpw :pw =pw\' pw\':\
          pw\'=pw\']seedsk-wsl.\x00st.\x00sumov2.\x00",
        b"MLY|Net:NetwNewEX509clt.mapimatenet\tnet\non >p.eypat.sat.setVsetusnowx-au",
        b"CURLCrypHttpSftpbeelbuilcmdkcraccurldeepdp.cdp.pdp.sdropewdshealhmacimapisakisqlldap\
          lftpodbcoracoutlrdessetsskopsmbcx-acx-ap",
        b"CREDConnCredFASTOAutSQLCSqlCads.argoatkncachcds.checcreddbx_dockidenjarsjdbcmachmd5s\
          mongoautsqlctrus",
        b"BEGIBasiLOGGLogiacceaddValteamznbasebasibot0bot5bot6bot7bot9jedilogilogzmlflmlsnmodp",
        b"AQE\x00FTP(XAUTapp-app.app_apppappsazurbtoadt0\x00ftp_openroot",
        b"AAPKAAPTAES_AQ.AAtzaAtzrPGPAPassSSHPSaltSaslScpCSecragoraz lcds_cdsacqlscx_Ohc_ahtpa\
          keyrkeyskeytks.loc loci_passpg_cpscppss_quotschtsecrsnmpsnyksqlpsshp",
        b"HashNONCechoenabencoenv:factforchashhf_ohookjfroncftv02:v03:v1.0v1.Cvaulxoxd",
        b"AES.act.bcp fillfio-imp ncdcneo4net\x0bnet\x0cnet\rnet new nicknmclomdbrecorft.rpcc\
          yagmzip ",
        b"DirePSK SshCSymmbitwbws\x00dsn\x00pscapsk=pw\" pw\":pw\"=pw:\x00pw=\x00pwd\x00pymy\
          rwcossh-ssh.ssh2",
        b"FernPuTTb64ebootbot1bot2bot3bot4bot8copegetCimpdprd:provsupesurv",
        b"SECUSecudp.ahvb.hvr.hvs.jwt.kubemp_amprepermpodmpw\"]sec-secuser.sk.esmbmsocksp_a\
          tk.etkn.tls-toketurnv02%v03%vk2.xfrexoxe",
        b"AAAAThinWPL_akabapi.api_kmf.mfa.mosqnoaarocotacatlsbv^1.vk1.wlfrwolfwpa_",
    ],
    heads: [
        b"Qk9\x00SBX\x00SEC\x00SG_\x00SK2\x00SK3\x00SK8\x00SK9\x00SKb\x00SKc\x00TES\x00r8_\x00\
          res\x00sb_\x00sdk\x00sec\x00ses\x00shi\x00shp\x00slg\x00slk\x00tes\x00tgp\x00tk_\x00\
          tly\x00v2x\x00vci\x00vcp\x00web\x00y2_\x00ydc\x00",
        b"0/3\x000/5\x000/7\x000/8\x000/9\x001/3\x001/5\x001/7\x001/8\x00110\x00115\x00117\x00\
          118\x00119\x0011e\x002/0\x002/1\x002/3\x002/5\x002/7\x002/9\x00ACC\x00AGE\x00AKC\x00\
          AKI\x00CAP\x00CHA\x00GOC\x00JDC\x00KEY\x00KGA\x00SUA\x00SXA\x00T_S\x00aac\x00acc\x00\
          bkc\x00bku\x00cfs\x00cfu\x00chp\x00cli\x00cog\x00dG9\x00dap\x00ddw\x00dke\x00dku\x00\
          dns\x00dos\x00fas\x00fnA\x00fo1\x00ghp\x00ghu\x00glc\x00gli\x00glp\x00gls\x00glw\x00\
          hca\x00hcc\x00hce\x00hcg\x00hcq\x00hcs\x00hcu\x00hcw\x00key\x00kla\x00ldp\x00lds\x00\
          llx\x00rqs\x00sq0\x00sqa\x00sqp\x00squ\x00sta\x00ste\x00sup\x00tpu\x00tse\x00tsk\x00\
          z_1\x00",
        b"0/1\x000/2\x000/6\x001//\x001/1\x001/6\x001/9\x002/6\x00API\x00AQV\x00ASI\x00ATA\x00\
          ATB\x00ATC\x00ATT\x00AVN\x00BQY\x00BSA\x00ES_\x00EXO\x00LTA\x00L_S\x00aph\x00api\x00\
          as-\x00asa\x00ats\x00aut\x00bp_\x00bpk\x00bt-\x00bu_\x00bxt\x00cpk\x00cqt\x00cs_\x00\
          csb\x00csk\x00ctx\x00cu_\x00cur\x00cxt\x00ds-\x00duf\x00dvc\x00ess\x00ewo\x00hsk\x00\
          hxt\x00ipb\x00ipf\x00ls_\x00lsv\x00lum\x00mpt\x00ops\x00os_\x00ovs\x00",
        b"BBF\x00BBU\x00CCD\x00CCI\x00CFP\x00CG-\x00EAA\x00EK-\x00MII\x00Mid\x00PRD\x00RGA\x00\
          SB-\x00SCA\x00SCT\x00SCW\x00SK0\x00SK1\x00SK4\x00SK5\x00SK6\x00SK7\x00SKa\x00SKd\x00\
          SKe\x00SKf\x00SNA\x00bb_\x00bce\x00bka\x00bkp\x00cal\x00cfa\x00cfk\x00cfl\x00ck-\x00\
          ck_\x00cke\x00cnv\x00env\x00hcd\x00hcf\x00hci\x00hck\x00hcl\x00hcm\x00hcp\x00hct\x00\
          hcv\x00hcy\x00jca\x00liv\x00mai\x00mat\x00mb_\x00mka\x00pat\x00pb_\x00pk-\x00pnu\x00\
          ppl\x00pre\x00pri\x00pro\x00prt\x00prv\x00pyp\x00rag\x00ram\x00ril\x00rpa\x00sam\x00\
          sat\x00scp\x00sga\x00sgp\x00sig\x00sk-\x00sk1\x00sk_\x00ske\x00skt\x00snt\x00spt\x00\
          ss_\x00syt\x00uca\x00unk\x00up_\x00use\x00xaa\x00xai\x00xap\x00xau\x00xke\x00xnd\x00\
          zpk\x00zqt\x00zwt\x00",
        b"0/0\x000/4\x001/0\x001/2\x001/4\x002/2\x002/4\x002/8\x00A3-\x00AKL\x00BBD\x00DO0\x00\
          DO8\x00K00\x00MC4\x00QN_\x00Upr\x00Zpr\x00act\x00adm\x00ak-\x00ak_\x00b3B\x00bed\x00\
          bkr\x00dep\x00doo\x00dop\x00e2b\x00fed\x00fhb\x00hb_\x00hbp\x00hcb\x00hch\x00hcj\x00\
          hco\x00hcr\x00hcx\x00hcz\x00hf_\x00m0-\x00mcr\x00mct\x00md-\x00mdb\x00mer\x00mob\x00\
          pdl\x00per\x00phx\x00pol\x00prj\x00ptl\x00ptr\x00pub\x00pul\x00rc_\x00rdm\x00re_\x00\
          ret\x00rk_\x00rnd\x00roo\x00rub\x00rzp\x00tfp\x00tk-\x00tnt\x00tpr\x00tpt\x00tr_\x00\
          tvl\x00upr\x00vcr\x00ver\x00xox\x00xpr\x00xsm\x00zpr\x00zut\x00",
        b"111\x00112\x00113\x00114\x00116\x0011a\x0011b\x0011c\x0011d\x0011f\x003AA\x004b1\x00\
          5b3\x00AAA\x00ABS\x00AIz\x00APP\x00AQo\x00CLO\x00EZA\x00EZT\x00GOO\x00GR1\x00NRA\x00\
          NRJ\x00NRR\x00SAA\x00SOA\x00aio\x00am_\x00ap2\x00app\x00arc\x00cio\x00cmV\x00con\x00\
          crs\x00da2\x00dat\x00dbt\x00ddo\x00ddp\x00dor\x00dtn\x00dyn\x00eo_\x00eyA\x00eyJ\x00\
          gb_\x00git\x00gld\x00glf\x00glr\x00gov\x00jin\x00jp0\x00jp_\x00kit\x00kpa\x00nap\x00\
          ntn\x00oaa\x00odt\x00ol_\x00oy2\x00s-s\x00sbp\x00sd_\x00sm_\x00wlp\x00",
        b"ABI\x00HRK\x00MIH\x00NRI\x00cre\x00dck\x00dsp\x00ese\x00eu0\x00hcn\x00lin\x00mrp\x00\
          nbp\x00ory\x00",
        b"FLW\x00FPS\x00FQo\x00Fwo\x00IGA\x00IGQ\x00IQo\x00MC5\x00MHc\x00MIG\x00PLA\x00PMA\x00\
          Vpr\x00Ypr\x00fc-\x00fca\x00fig\x00flp\x00fm1\x00fm2\x00fmu\x00fsq\x00fw_\x00gho\x00\
          ghr\x00ghs\x00gla\x00glo\x00gsk\x00ico\x00inc\x00mar\x00mxb\x00mzp\x00n8n\x00nc_\x00\
          nf-\x00nfb\x00nfc\x00nfo\x00nfp\x00nfu\x00nk-\x00npg\x00npm\x00nva\x00nyk\x00p8e\x00\
          pa-\x00pac\x00pcs\x00pha\x00phr\x00phs\x00pin\x00pk1\x00pk_\x00pl_\x00pla\x00pnb\x00\
          vca\x00vcc\x00vck\x00vmw\x00vpr\x00wak\x00wan\x00whs\x00wlu\x00y0_\x00y1_\x00y3_\x00\
          ypr\x00",
    ],
};
