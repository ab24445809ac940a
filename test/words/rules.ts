import type { Message } from './page.ts';

/** The most words of a sentence, and of one in a table of docs/verify.md or docs/status.md. */
const MOST_WORDS = 20;
const MOST_WORDS_IN_TABLES = 25;

/** A word that messages don't use, and what to write instead. */
const NOT_WORDS: readonly [RegExp, string][] = [
  [/\btakes?\b/i, 'must be, needs, accepts'],
  [/\bthere (is|are)\b|\b(is|are) there\b/i, 'not found, exists, has'],
  [/\bmay not\b|\bmay (assume|read|pass|use|manage|change|do)\b/i, "can, can't"],
  [/\b(make|makes|made)\b(?! sure)/i, 'create'],
  [/\b(whoever|somebody|others)\b/i, 'anyone who, another process, or the actor'],
  [
    /\b(shall|so that|besides|for ever|all the same|in place of)\b/i,
    'should, so, also, permanently, anyway, instead of',
  ],
  [/\b(told|goes)\b/i, 'reported, is removed'],
  [/\b(carry|carries|carried)( \w+)? out\b/i, 'apply'],
  [/\b(proofs?|prove[sdn]?)\b/i, 'verify'],
  [/\b(letter case|spelt)\b/i, 'capitalization'],
  [/\bcustomer-managed\b/i, 'customer managed'],
  [/\bset-ups?\b/i, 'setup, set up'],
  [/\b(key|version) before\b|\bgo(es)? back to\b|\bgone back\b/i, 'previous version, roll back'],
  [/\bways? out\b/i, 'options'],
  [/\bmembers?\b/i, 'field'],
  [/\b(cannot|could not) be told\b/i, "can't be checked, couldn't be read"],
  [/(?<!generate:? |\|)\baes(128|192|256)\b(?!\|)/, 'AES-256'],
];

/** An offense against the rules that is intended. */
export interface Exception {
  /** The path of the message, or its beginning. */
  path: string;
  /** What `offensesOf` reports after the path. */
  offense: string;
  why: string;
}

/** Returns what is wrong with a message, one phrase each. */
export function offensesOf({ path, text, isCommand }: Message): string[] {
  if (isCommand) return [];
  const mostWords = /\.(asks|fix|inStatus)$/.test(path) ? MOST_WORDS_IN_TABLES : MOST_WORDS;
  const lines = text.split('\n').filter((line) => !/^\s|^mc-static-key /.test(line));
  return lines.flatMap((line) => {
    const prose = withoutCode(line);
    return [
      ...NOT_WORDS.flatMap(([word, instead]) => {
        const found = word.exec(prose)?.[0];
        return found === undefined ? [] : [`"${found}" (better: ${instead})`];
      }),
      ...sentencesIn(prose).flatMap((sentence) => {
        const words = wordCount(sentence);
        return words > mostWords ? [`${words} words`] : [];
      }),
      ...(/^wizardMessages\./.test(path) && /(^|\s)--[a-z]/.test(line) ? ['a flag in the wizard'] : []),
    ];
  });
}

/** Replaces commands and other code in a text by one word. */
function withoutCode(text: string): string {
  return text
    .replace(/\{[^{}]*\}/g, 'VALUE')
    .replace(/\bmc-static-key( [a-z-]+)*( --?\S+( [A-Z\d][\w-]*)?)*/g, 'COMMAND')
    .replace(/`[^`]*`|'(aws|mc-static-key)\b[^']*'|"[^"]*"/g, 'CODE');
}

/** A colon and a semicolon end a sentence too: a value, a list or another sentence follows. */
function sentencesIn(text: string): string[] {
  return text.split(/(?<=[.?!:;])\s+/);
}

function wordCount(sentence: string): number {
  return sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
