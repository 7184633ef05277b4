/** What every command that tells emotions says under its help. */
export const responsibleUse = `The models learnt from acted English speech. They tell which emotion a voice sounds like, not what a person feels: no
decision about a person may rest on them. In the European Union, inferring emotions at work and in education is
prohibited save for medical or safety reasons (Regulation (EU) 2024/1689, Article 5(1)(f)): docs/responsible-use.md.`;
