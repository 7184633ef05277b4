import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../setup/setup-error.mjs";

/** The page's own model, and the one that stands in for it where its weights are not published yet. */
export const pageModels = ["page", "resnet"];
const protocols = ["speaker-independent", "combined"];

/**
 * The folder of the published model that goes into the page.
 * @param {string} root the checkout
 * @param {readonly string[]} [names] models in the order of preference
 */
export function chooseModel(root, names = pageModels) {
  for (const name of names) {
    for (const protocol of protocols) {
      const folder = join(root, "models", name, protocol);
      if (!existsSync(join(folder, "card.json"))) continue;
      const card = JSON.parse(readFileSync(join(folder, "card.json"), "utf8"));
      if (card.frontEnd !== undefined) {
        throw new SetupError(
          `The model ${name} stands behind the network ${card.frontEnd.name}, which the page does not carry.`,
          "Choose a model that hears the features themselves, such as page or resnet.",
        );
      }
      return folder;
    }
  }
  throw new SetupError(
    `There is no published model ${names.join(" or ")}.`,
    "Look into models/ for those there are.",
  );
}
