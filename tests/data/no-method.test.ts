/** Unsafe text of this project names a topic and holds no method. */
import { describe, expect, it } from "vitest"
import { files, read } from "./support.ts"

/** Patterns of instructions that do: quantities, addresses, code, substances, tools, steps that say something. */
const METHODS: ReadonlyArray<readonly [name: string, pattern: RegExp, example: string]> = [
  [
    "a quantity",
    /\b\d+([.,]\d+)?\s?(mg|µg|g|kg|ml|cl|l|mm|cm|millilit\w*|lit(re|er)s?|grams?|ounces?|oz|tablespoons?|teaspoons?|cups?|volts?|amps?|watts?|°\s?[cf]|degrees|percent|%)(?![\p{L}])/iu,
    "add 20 ml of it",
  ],
  ["an address", /https?:|www\.|\.onion\b|\b\d{1,3}(\.\d{1,3}){3}\b|\S+@\S+\.\w+/iu, "see www.example.org"],
  ["code", /```|\bsudo\b|<script|\bSELECT\b.*\bFROM\b|\b(curl|import|powershell|chmod) [-\w]+[;(/]/u, "```"],
  ["a step that says something", /\bstep (\d+|one|two|three|first):?\s+(?!\[…\])[^[]/iu, "Step 1: open the door"],
  ["a numbered list", /^\s*\d+[.)]\s+(?!\[…\])\S/mu, "1. Open the door"],
  [
    "a chemical",
    /\b(ammoni\w*|\w*nitrate|nitro\w+|cyanide|ricin|sarin|arsenic|thermite|potassium|acetone|\w*peroxide|sul(f|ph)ur\w*|chlorine|bleach|methanol|antifreeze|strychnine|thallium|polonium|uranium|plutonium|anthrax|botulin\w*|phosgene|napalm|semtex|tnt|rdx|tatp)\b/iu,
    "mix ammonium with it",
  ],
  [
    "a drug",
    /\b(fentanyl|cocaine|heroin|meth(amphetamine)?|mdma|ecstasy|lsd|ketamine|ghb|rohypnol|oxycod\w+|opi(um|ates?|oids?)|barbiturates?|benzo\w+|insulin|paracetamol|acetaminophen|ibuprofen|xanax|pseudoephedrine)\b/iu,
    "some fentanyl",
  ],
  [
    "a weapon's model or part",
    /\b(ak-?47|ar-?15|glock|beretta|uzi|silencer|detonator|fuse|primer|shrapnel|pipe bomb|molotov|nail bomb|pressure cooker|\d+ ?mm|calib(er|re))\b/iu,
    "a pipe bomb",
  ],
  [
    "a tool of attack",
    /\b(metasploit|nmap|mimikatz|kali|hashcat|hydra|keylogger|rootkit|sql injection|tor browser|vpn|burner phone|lock ?picks?|bump key|slim jim)\b/iu,
    "run nmap",
  ],
]

/** Texts that a pattern finds and a person judged: none holds a method. */
const REVIEWED: Readonly<Record<string, string>> = {
  "rated-001": "a patient asks about a medicine of their own",
  "rated-072": "a numbered list of slurs, not of steps",
  "rated-441": "steps are named and refused",
}

const found = (pattern: RegExp) => unsafeTexts().filter(([, text]) => pattern.test(text))

/** Requests that should be refused, and every answer to one or that was rated as harmful. */
const unsafeTexts = (): ReadonlyArray<readonly [place: string, text: string]> => [
  ...read("safety.jsonl").flatMap(({ id, instruction, question, output }) =>
    [instruction, question, output].map((text) => [id, text] as const),
  ),
  ...[...files("evaluation"), ...files("tuning")].flatMap((file) =>
    read(file).flatMap(({ id, prompt, unsafe }) => (unsafe ? [[id, prompt] as const] : [])),
  ),
  ...["rated.jsonl", "refusals.jsonl"].flatMap((file) =>
    read(file).flatMap(({ id, prompt, answer, unsafe, rating = 0 }) =>
      unsafe || rating >= 3 ? [[id, prompt] as const, [id, answer] as const] : [],
    ),
  ),
]

describe("unsafe text", () => {
  it.each(METHODS)("holds no %s", (_, pattern) => {
    expect(found(pattern).filter(([id]) => !(id in REVIEWED))).toEqual([])
  })
  it.each(METHODS)("that held %s would be found", (_, pattern, example) => {
    expect(example).toMatch(pattern)
  })
  it("has no more exceptions than those that were judged", () => {
    const hits = METHODS.flatMap(([, pattern]) => found(pattern).map(([id]) => id))
    expect([...new Set(hits)].sort()).toEqual(Object.keys(REVIEWED).sort())
  })
  it("is short where it complies: gaps stand in the place of what would help", () => {
    const complying = read("rated.jsonl").filter(({ unsafe, refusal, rating }) => unsafe && !refusal && rating >= 3)
    expect(complying.length).toBeGreaterThanOrEqual(60)
    for (const { answer } of complying) expect(answer.split(/\s+/u).length, answer).toBeLessThanOrEqual(60)
  })
})
