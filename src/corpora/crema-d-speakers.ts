/**
 * CREMA-D's 91 actors: number, sex (f, m), age in years, race (c Caucasian, b African American, a Asian, u unknown)
 * and ethnicity (h Hispanic, n not), as the corpus' own words have them, from the corpus' VideoDemographics.csv (Open Database
 * License 1.0). Kept here so that the catalogue is whole where only the recordings are at hand.
 */
const table = `
1001m51cn 1002f21cn 1003f21cn 1004f42cn 1005m29bn 1006f58cn 1007f38bn 1008f46cn 1009f24cn 1010f27cn
1011m32cn 1012f23cn 1013f22ch 1014m24cn 1015m32bn 1016m61cn 1017m42cn 1018f25ch 1019m29an 1020f61cn
1021f30cn 1022m22cn 1023m22cn 1024f59cn 1025f48cn 1026m33cn 1027m44cn 1028f57cn 1029f33bn 1030f42bn
1031m31ch 1032m30bn 1033m31cn 1034m74cn 1035m48cn 1036m49bn 1037f45cn 1038m21bn 1039m51bn 1040m42cn
1041m42cn 1042m37bn 1043f25ch 1044m40cn 1045m22an 1046f22ch 1047f22uh 1048m38ch 1049f25ch 1050m62bn
1051m56cn 1052f33cn 1053f35cn 1054f36cn 1055f57cn 1056f52bn 1057m25cn 1058f36cn 1059m21bn 1060f28bn
1061f51bn 1062m56cn 1063f33bn 1064m53cn 1065m38cn 1066m25cn 1067m66cn 1068m34cn 1069m27cn 1070m25bn
1071m41cn 1072f33an 1073f24bh 1074f31bn 1075f40cn 1076f25cn 1077m20cn 1078f21cn 1079f21ch 1080m21bn
1081m30an 1082f20cn 1083m45bn 1084f46cn 1085m34an 1086m33cn 1087m62cn 1088m23bn 1089f24cn 1090m50an
1091f29an`;

/** One actor of CREMA-D. */
export interface CremaSpeaker {
  readonly sex: "female" | "male";
  readonly age: number;
  readonly race: "Caucasian" | "African American" | "Asian" | "unknown";
  readonly ethnicity: "Hispanic" | "not Hispanic";
}

const races: Readonly<Record<string, CremaSpeaker["race"]>> = {
  c: "Caucasian",
  b: "African American",
  a: "Asian",
  u: "unknown",
};

/** The actors by number, `1001` to `1091`. */
export const cremaSpeakers: Readonly<Record<string, CremaSpeaker>> = Object.fromEntries(
  table
    .trim()
    .split(/\s+/)
    .map((entry) => [
      entry.slice(0, 4),
      {
        sex: entry[4] === "f" ? "female" : "male",
        age: Number(entry.slice(5, -2)),
        race: races[entry.at(-2)!]!,
        ethnicity: entry.at(-1) === "h" ? "Hispanic" : "not Hispanic",
      } as const,
    ]),
);
