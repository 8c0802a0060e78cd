/** The fonts that pictures and pages are set in. They come with the locked packages, so text is the same on every machine. */
import fontPackage from "dejavu-fonts-ttf/package.json" with { type: "json" }

/** The family of all text in pictures. */
export const SANS = "DejaVu Sans"

/** The folder of DejaVu's files under a project's root. */
export const fontFolder = (root: string): string => `${root}/node_modules/${fontPackage.name}/ttf`

/** The regular and bold files of the family `SANS`. */
export const sansFiles = (root: string): { readonly regular: string; readonly bold: string } => ({
  regular: `${fontFolder(root)}/DejaVuSans.ttf`,
  bold: `${fontFolder(root)}/DejaVuSans-Bold.ttf`,
})
