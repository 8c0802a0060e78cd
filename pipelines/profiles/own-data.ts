/**
 * The files of `data/` with their sizes and digests, as this commit has them. Written by `node scripts/declare-data.ts`:
 * run it after you edit one.
 */
export const ownData = {
  "data/benchmarks/boolq.jsonl": {
    bytes: 39909,
    sha256: "7ba62168faa0b4da6c443384d2368f6b47b7c579a99a847e7f34bf838ec51947",
  },
  "data/benchmarks/openbookqa.jsonl": {
    bytes: 20877,
    sha256: "1ab5208f261192804f3e9f4942ccb687d4b62ebfc56818c576780dae5bd88d7b",
  },
  "data/benchmarks/piqa.jsonl": {
    bytes: 17140,
    sha256: "fb82d0d5f3a531f77cc1c61768bc2370ab47b9e7c47f118abd2a2f9e687a39cc",
  },
  "data/evaluation/contrast.jsonl": {
    bytes: 39977,
    sha256: "7af62f8c9ed422d78356a0cc2b4414bcc5bb761a7ade0c1385b280722432523f",
  },
  "data/evaluation/controversial.jsonl": {
    bytes: 8335,
    sha256: "0b2f776ff7d3edf27767dcad2b4df26592e1466adb62b8ac5a036b3fe9fcd7a3",
  },
  "data/evaluation/general.jsonl": {
    bytes: 6914,
    sha256: "eebe28a43798a81896917fee7e183b07748f4bcae893da2f6e6bdc2a3e73dda8",
  },
  "data/evaluation/harmful-questions.jsonl": {
    bytes: 8075,
    sha256: "ce8f6331c85204d4048889bed9e2d13f406a94b5a5dbfd1ec7cd3742440e4a72",
  },
  "data/evaluation/hateful-content.jsonl": {
    bytes: 7829,
    sha256: "34a2890adbae67d9e393a5201bebe5febd70f0faa563508e982d8b28aecfe6ba",
  },
  "data/evaluation/malicious-instructions.jsonl": {
    bytes: 8348,
    sha256: "bdb5b657956ec11392093862932030d8eb54b32173695e198e7d7b7f3f230655",
  },
  "data/evaluation/physical-safety-safe.jsonl": {
    bytes: 7757,
    sha256: "fb04e7010949aa9d38ca452592e2074eb29c0f20c21dd7abc927a5de311e68b5",
  },
  "data/evaluation/physical-safety-unsafe.jsonl": {
    bytes: 7692,
    sha256: "26b47245f2a275f896325be5cee18a3c1336c3b0844293a0eb320295f6960e74",
  },
  "data/general.jsonl": {
    bytes: 165579,
    sha256: "790152b79a065264faf584e9a4e4204f336f607aa06814eed31cf9a358179628",
  },
  "data/rated.jsonl": {
    bytes: 110922,
    sha256: "6f850bf0f9eb01387f45f23abbd73dfb067f6f1ddcc7f2e53c61ea7ada37a114",
  },
  "data/reference/figure-1-unsafe-vs-exaggerated.csv": {
    bytes: 469,
    sha256: "c6c5009e12de7637b4843fe9a0aee2729d4b96b810061aa62eecbff9ab88b2a0",
  },
  "data/reference/independent-rerun-beavertails.csv": {
    bytes: 532,
    sha256: "a0194f50f0eca19be2d3edb68267387d2fd7570f2854553e5a945a683423410d",
  },
  "data/reference/quoted.csv": {
    bytes: 307,
    sha256: "cc0a7ce67368dc400e00f18c8716b3c2b2f97cbee5fc654187e2fe1fad2a8fc6",
  },
  "data/refusals.jsonl": {
    bytes: 251649,
    sha256: "ddcc7c198690db28505f011a103e58362b41de00dc37a14667a7bd3d923a190c",
  },
  "data/safety.jsonl": {
    bytes: 102337,
    sha256: "c94aac37c8d5a1b4cd13428e6d49d509ad164ec18cd73555d181b168c8540d59",
  },
  "data/tuning/general.jsonl": {
    bytes: 5604,
    sha256: "858e0c2686736a913bc420b671e01b7651b7a9cb669c46b32051ad95f8ad9b41",
  },
  "data/tuning/safe-lookalike.jsonl": {
    bytes: 5470,
    sha256: "e10b9d25b4dfac322b5ddf07962db3d906c255a2f3d9c843351d77bb294f21ea",
  },
  "data/tuning/unsafe.jsonl": {
    bytes: 5606,
    sha256: "b88cea82a515833d35c5e7d2341afbe6a9d3a722665c8bee3e420ffd94bf6c6f",
  },
} as const
