import { UserError } from "../domain/errors.js";
import type { Layout, LayoutName } from "./layout.js";
import { plainLayout } from "./plain/plain-layout.js";
import { quiltLayout } from "./quilt/quilt-layout.js";
import { rpmLayout } from "./rpm/rpm-layout.js";

const layouts: Partial<Record<LayoutName, Layout>> = {
  rpm: rpmLayout,
  quilt: quiltLayout,
  plain: plainLayout,
};

/** Throws `UserError` ("unsupported") for a layout that Sluice cannot convert to. */
export function layoutNamed(name: LayoutName): Layout {
  const layout = layouts[name];
  if (layout !== undefined) return layout;
  throw new UserError("unsupported", {
    message: `the layout ${name} is not supported`,
    remedy: `Use one of: ${Object.keys(layouts).join(", ")}.`,
  });
}
