import rules from "../../clients/typescript/lint/eslint.config.mjs";

export default [
  ...rules,
  { languageOptions: { parserOptions: { project: ["tsconfig.json"], tsconfigRootDir: import.meta.dirname } } },
  { ignores: ["eslint.config.mjs"] },
];
