/**
 * CREMA-D's 91 actors: number, sex (f, m) and age in years, from the corpus' VideoDemographics.csv (Open Database
 * License 1.0). Kept here so that the catalogue is whole where only the recordings are at hand.
 */
const table = `
1001m51 1002f21 1003f21 1004f42 1005m29 1006f58 1007f38 1008f46 1009f24 1010f27 1011m32 1012f23 1013f22
1014m24 1015m32 1016m61 1017m42 1018f25 1019m29 1020f61 1021f30 1022m22 1023m22 1024f59 1025f48 1026m33
1027m44 1028f57 1029f33 1030f42 1031m31 1032m30 1033m31 1034m74 1035m48 1036m49 1037f45 1038m21 1039m51
1040m42 1041m42 1042m37 1043f25 1044m40 1045m22 1046f22 1047f22 1048m38 1049f25 1050m62 1051m56 1052f33
1053f35 1054f36 1055f57 1056f52 1057m25 1058f36 1059m21 1060f28 1061f51 1062m56 1063f33 1064m53 1065m38
1066m25 1067m66 1068m34 1069m27 1070m25 1071m41 1072f33 1073f24 1074f31 1075f40 1076f25 1077m20 1078f21
1079f21 1080m21 1081m30 1082f20 1083m45 1084f46 1085m34 1086m33 1087m62 1088m23 1089f24 1090m50 1091f29`;

/** One actor of CREMA-D. */
export interface CremaSpeaker {
  readonly sex: "female" | "male";
  readonly age: number;
}

/** The actors by number, `1001` to `1091`. */
export const cremaSpeakers: Readonly<Record<string, CremaSpeaker>> = Object.fromEntries(
  table
    .trim()
    .split(/\s+/)
    .map((entry) => [
      entry.slice(0, 4),
      { sex: entry[4] === "f" ? "female" : "male", age: Number(entry.slice(5)) } as const,
    ]),
);
