/**
 * The pieces that no token crosses, as in GPT-2 (Radford et al. 2019) and in every byte-level
 * tokenizer file with `use_regex`: contractions, words and numbers with the space before them.
 */
const piece = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

export function pieces(text: string): readonly string[] {
  return text.match(piece) ?? [];
}
