"""An old Excel workbook and a LibreOffice one, compressed: this package writes neither.

Both hold the sheet Kunden with the rows Nr, PLZ, Geb (Umsatz, Aktiv) and 10503, 01067, 1 May 1980
(12.5, true); the Excel one also an empty sheet leer.
"""

from __future__ import annotations

import base64
import zlib

__all__ = ["ODS", "XLS"]

_XLS = (
    "c-rk)O=wd=5dQY%rTHQMO@&q{p<vZoORJz>+O$&bK~th2Y7sOsIh52?Vie3lt2HMP1W$^WLOgh>dhrJp^d=%y^dJaAqDN1Hf"
    "`>NG*?BKDjTRcHg~<CJJ3BM`H`$r}$-bTQ7iS){l~98LSWwm+XsXf)N{)))1C?u<WGlIyl4hcz;INY;o2+>1eq)n9l>RP3!F"
    "}~5QQ$MBV>pe`$#gQbhS<$E#Duh=U#Jv&3T{*Kpq1?kFg?k%ndv>Q`;6%zYpyZvr@BQkhPm))*DfQDk0>2n<{>KZh}(Q*O&?"
    "nDO2+ZU>q4(<#ZYEEHql@O?Wzj}kV{9B>10OAUfh8b7#{A4M0$=AiU^Xs3;3ahfbW%c{UT)Q*H$k;`kzbnwq^8oa$>FihN1#"
    "f&`t;$%y|mxt*XA1_nl2AlIc8LaPvN{Vj`K$%wrobbD1dQM>7^6x_`_fV<k??L#NKfvN<a-l**2uqrA7TcgIer-28d7@GaRa"
    "+`NQbL=*5b@8^Z&BU|V1etQ>*N5jWiGsOplevE98HbcWD*@7B-xI|$}BchA>Ele+Suj`p_V;ZD7ly^p33}){%*SW%_oixsN#"
    "{2NbDt;63`L72ax97ivHxoZQQpyEqKZIw{LC0Ex+RJYm-J)CEx+(D_T*-y8;e2A+`p4#DSA2%;nsHWou^^Wl!Ov8e<m`w=Ni"
    "pV1mn<Y%7A2J=)#zE&^n5{avd)k8f?i*6&vNFTlcjRA3?TPf>aI4+o~??Vv?`B2pak%cr+TpJa9=(DVp;$GMx*(c=L~<FGZQ"
    "9Em@r|&goy@&Fs|JezH;i9Z+Y#r8Sgp^l*;Ba$$yK3n4~XDe<}AMO?d|A>x!Rsu!>4wVufug?}ZYFY4i+Ih_fB3y5pCw?V|e"
    "kthk|X^_Eb*<Cp8P^B<4@3r$)Adj"
)
_ODS = (
    "c-jl_W@Zs#00D>gve?!f%Pu`28-zK4I5#slwWP8jHL;)|Co?&*Br`uxzbr3BFF&z3vsf>`AT=)~Ke;qFHLpakxS%LCF{L;oH"
    "MJxFY9<HROxb<<@tc6WSBwk{TtK?Gq%tS9Sg#^Cr+1<wUz34=>-Tw0C6`4t*7-1}KIi<xu$5;S=Ugc(i9LH2t~5yR&Uv=~-^"
    "tmFq;h84Ec|>d@#N<>2ZSBoW;K7G6tDmM%MtCJ+A)_Uco&uJ+TJjws%q<l$%1bB&k|4m;%g1QSJ8N?Nqk9bH3OT+n#)ORlDP"
    "d10(5LsudiVZ+W2P5-7l-6rT2bQ-;)`ZA@$+n?Dju@jwdP3NUtnQG0K?t_TB#ctCKf(^~CKto%Fx_Q?b@hHdLSOdTo8)4d|="
    "QEDQ|XK+)v<yb@4Q0KK+0#Mi&YKw$50Z4do9yF|{uy2Vg^x%pVdh3@Tnl2ev!Y2n-Tr~33KL4#e6ce&48uQvXC%jDKO?x%a5"
    "Q;QcT+s7E*XV&$d_4@ja`np{UrR!(UaaB8A#A#!?NzXxfs@vk<)qHDp-)}NpseQJ0!_KEsA_<mWd0rQoyZl%0eC=9gb4YIbq"
    "T9DLw=sx#Z_ItWX8nzoN0a5d(&x6GGv3gxF8|89FRs<GN@(3VPooz)SthLqVuHGRnWTGW&h?yqabqg0($;*287_Bg+Sgyd`P"
    "RU2=ju|fS!cL1Qth5Ga(eX|bA~b>T~?COJ#{yi?yjqQedJbYyzou0QT!qO^zq-*CoS_6%cmGyXdO!`HA-cf6nSi}O7v##@*|"
    "H8Y9BoD-ZUXL?(b|<QI5x4Yn|I|*O~WhGEIG$GS%>#cja=y=e6aH%{N8)>ne&S`J)E+<;nM}p96UxnV^X?wImUoj3(_}cgTR"
    "pt$g01SC=}cDY1zxO>|siaNxj;*}DWftu#36^ZkQYOo=m0IcGV4ZOyaQ>D8X^GS*xQNlmpoEu^wC+jY5?^&9icsoR8v*UfhG"
    "OxZeZyVyzJ=#mK~T9Mx>S6!N|xa^?TX^yBZXFQj!_h>%kG^@1v()#xwUMA(9Z(A3yeC_L-481?Gi>|+Wcriuc>Vn>TH4hH+R"
    "I&-nUO2okR=VQIsd;auc)zZ8yv_Ka=Ho=eg~Dl(-@E>wlKXe#ezL?lecjKMT5ZvvYdP<2FLQEY_LJTin_qT((HZf|lil_Cdn"
    "9HaT|ZkiA2l#4?6UR>0Mp)oW(EdPps25Fh@-BjpPPPeVqRuiYB3}gPWH_@Y#`A3-M01PG40!L*L7Ije9H2caoMFEVlVhJ=N#"
    "L<UPWk40GC!t`jhW_zf1J;EngjWmbG@mHJ`huKio0R*dcnU#_#U$+dJ#u`W;{1%%+^qbL5@8?-QSdvU#e<SH|v56l>x+({Su"
    "Shw<wR9H+y3+agw`87|%Xu_b)f(#hLWOogs&^87u4TYlB9GBJCV`)vVp>*mKjJShI*DqCdCr9+3qb?0pPXytvUk|&U1O5WZ}"
    "%Tm17J4FB0*lcn6c<u7El^gn{_M85`xhmv+!?cyMxBo^go^avvvm_;p<tpcEk97+=`^lfWpm^kx!l5RQw-NJaM7Jr1{ZqAC`"
    ")Eep|ASMaomXD|ziZjibz5ZWZ5}-~5AbGW5@E(&+`+(-Mh2w951|Wtfrii(f>OMp>q9Rt5c>2OQ3?-qjpzv<p>Zw~A{(IVLQ"
    "f$GU8|UJq?Z71RyL3lRv=UWYJJNB;sF48V}H>"
)
XLS = zlib.decompress(base64.b85decode(_XLS))
ODS = zlib.decompress(base64.b85decode(_ODS))
