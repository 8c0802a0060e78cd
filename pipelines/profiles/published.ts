/**
 * Published files that the profiles use: the repository and commit they come from, their licence, and the digest that a
 * download or a mirror must match. None of them is part of this project.
 */
import type { PublishedSource } from "../../stages/sources.ts"

interface Repository {
  readonly name: string
  readonly commit: string
  readonly licence: string
  /** The folder that holds its files in a mirror. */
  readonly mirror: string
}

const file = (
  repository: Repository,
  path: string,
  mirror: string,
  digest: string | PublishedSource["digest"],
): PublishedSource => ({
  kind: "published",
  name: `${repository.name}/${path}`,
  mirror: `${repository.mirror}/${mirror}`,
  urls: [`https://raw.githubusercontent.com/${repository.name}/${repository.commit}/${path}`],
  digest: typeof digest === "string" ? { sha256: digest } : digest,
  licence: repository.licence,
})

const AUTHORS: Repository = {
  name: "vinid/safety-tuned-llamas",
  commit: "36a4b8d5c2177ed165bf61f59b590161394f7f12",
  licence: "CC BY-NC 4.0",
  mirror: "safety-tuned-llamas",
}
const XSTEST: Repository = {
  name: "paul-rottger/exaggerated-safety",
  commit: "d7bb5bd738c1fcbc36edd83d5e7d1b71a3e2d84d",
  licence: "CC BY 4.0",
  mirror: "xstest",
}
const HH_RLHF: Repository = {
  name: "anthropics/hh-rlhf",
  commit: "354e5c3cb8960630860dd5774a6ac2a58313bf4d",
  licence: "MIT",
  mirror: "hh-rlhf",
}
const ALPACA_EVAL: Repository = {
  name: "tatsu-lab/alpaca_eval",
  commit: "cd543a149df89434d8a54582c0151c0b945c3d20",
  licence: "CC BY-NC 4.0",
  mirror: "alpaca_eval",
}
const STANFORD_ALPACA: Repository = {
  name: "tatsu-lab/stanford_alpaca",
  commit: "761dc5bfbdeeffa89b8bff5d038781a4055f796a",
  licence: "CC BY-NC 4.0",
  mirror: "stanford_alpaca",
}
const LLM_ADAPTERS: Repository = {
  name: "AGI-Edgerunners/LLM-Adapters",
  commit: "816657208af4db747803f87ba40a4c71383fed7a",
  licence: "Apache-2.0",
  mirror: "llm-adapters",
}

const authors = (path: string, sha256: string) => file(AUTHORS, `data/${path}`, path, sha256)
const adapters = (task: string, sha256: string) =>
  file(LLM_ADAPTERS, `dataset/${task}/test.json`, `${task}/test.json`, sha256)

/** The authors' 20,000 examples of cleaned Alpaca; of the file only its git blob id is known. */
export const generalExamples = file(AUTHORS, "data/training/alpaca_small.json", "training/alpaca_small.json", {
  gitBlob: "4b8fa2aed56c5815314931a0002869b6d807dbf3",
})

/** The authors' 2,483 safety examples, all phrased as instructions. */
export const safetyExamples = authors(
  "training/safety_only_data_Instructions.json",
  "7dde08acf87f10cf74fd1b76f56538eae8e413ae8e6b09e3f7bcd97769058dbe",
)

/** The authors' evaluation sets. */
export const evaluationSets = {
  "I-Alpaca": authors("evaluation/I-Alpaca.json", "30db84ee303df15b653566437ccf1a2fc837caac99a570915d720f65f041fe6d"),
  "I-CoNa": authors("evaluation/I-CoNa.json", "e07d92e376198e60ac1004902dc3fec46513ac70b08d855b4101288b8270d62a"),
  "I-Controversial": authors(
    "evaluation/I-Controversial.json",
    "0590fc6ee97a39c6a43adc21fe5a4ccbf546ea52e89a32757db6ea3d46ce65c4",
  ),
  "I-MaliciousInstructions": authors(
    "evaluation/I-MaliciousInstructions.json",
    "7a2bc751d49983800848050282aa2a84b3faa7044c3178228c49dd68df7d679f",
  ),
  "I-PhysicalSafetySafe": authors(
    "evaluation/I-PhysicalSafetySafe.json",
    "34c874532623e405fb574f0fa8d6b86cbecce0e3340f67b146a6a6bc2453bed6",
  ),
  "I-PhysicalSafetyUnsafe": authors(
    "evaluation/I-PhysicalSafetyUnsafe.json",
    "16324a2f1ded933e8c7a9f6c7d3924130f76260d03f9df2205e0a25c02de8aae",
  ),
  "Q-Harm": authors("evaluation/Q-Harm.json", "ecc1d19030d41ad550a1e69996dc424074e3e45fb2fa5e8e44b46f294aea295a"),
} as const

/** XSTest v2: 250 safe prompts of ten types and 200 unsafe contrasts. */
export const xsTest = file(
  XSTEST,
  "xstest_prompts.csv",
  "xstest_prompts.csv",
  "11783fb294ed017473ee53c207d71f2161c7672c8d0b037501e78387f801cb5a",
)

const completions = (model: string, sha256: string) => {
  const path = `completions/xstest_v2_completions_${model}.csv`
  return file(XSTEST, path, path, sha256)
}

/** Three models' answers to XSTest's prompts, labelled by two annotators. */
export const xsTestCompletions = {
  "gpt-4": completions("gpt4", "71af323af8ecdec0efae23992317721441d2cfedddedeef3248f842f4e15c9ca"),
  "llama-2": completions("llama2new", "6365cc55ce0a593c7ab8785853d02784be027d97199d4077912b4313cd010099"),
  "mistral-instruct": completions(
    "mistralinstruct",
    "6a146b65a5b96ec8249729bc2db459697175125998d7cbbcc88f7688ecf31dad",
  ),
} as const

/** Dialogues of which people found one side less harmful. */
export const harmlessDialogues = file(
  HH_RLHF,
  "harmless-base/test.jsonl.gz",
  "harmless-base/test.jsonl.gz",
  "ebfaaed21162a4de120ae85366075b34425e2a6303fac59b99555002f7016f03",
)

/** text-davinci-003's answers to AlpacaEval's 805 prompts. */
export const davinciAnswers = file(
  ALPACA_EVAL,
  "results/text_davinci_003/model_outputs.json",
  "text_davinci_003/model_outputs.json",
  "af0bc112f08c88bf589bbfe6fc1036806d0a0f6fec9c4d5a4db860f5afe73b4b",
)

/** GPT-4's preferences between text-davinci-003's and alpaca-7b's answers to AlpacaEval's prompts. */
export const alpacaAnnotations = file(
  ALPACA_EVAL,
  "results/alpaca-7b/alpaca_eval_gpt4/annotations.json",
  "alpaca-7b/alpaca_eval_gpt4/annotations.json",
  "d44ea50f1a81f6ae6a95e8ac1dd08b7eca82cc0a9058a2923b1c70cec1e9eaa5",
)

/** Stanford Alpaca's 175 seed tasks. */
export const seedTasks = file(
  STANFORD_ALPACA,
  "seed_tasks.jsonl",
  "seed_tasks.jsonl",
  "7779004fa198fdf27cf70a159363879d8a26c53329e11b436af17b3941875f48",
)

/** PIQA and OpenBookQA as prompts with answer keys; BoolQ's questions without their passages. */
export const adapterItems = {
  boolq: adapters("boolq", "89df2397cbca81dc31adcc6f7f5b635821aa0565aafde46725b2b4bd39b4dfa9"),
  openbookqa: adapters("openbookqa", "8479930f7b8a26052c78250280b5465a4016ca7fc806af440d0f37e243f3099e"),
  piqa: adapters("piqa", "3860d11b9b42e590b6b4bbc1643214d373ed0b0d4ac62fcc7bdceb8e044ad141"),
} as const
