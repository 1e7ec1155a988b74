/** The story builder is shipped, for operators' own rules: `src/story`. */
export * from '../src/story/index.ts'
