/**
 * The same function, with the answers for the texts that it was asked of last at hand. The answers are shared: nobody may change
 * them.
 * @param most so many answers are kept.
 */
export function remembering<T>(answerFor: (text: string) => T, most: number): (text: string) => T {
  const answers = new Map<string, T>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) {
      return known;
    }
    const answer = answerFor(text);
    const [oldest] = answers.keys();
    if (oldest !== undefined && answers.size >= most) {
      answers.delete(oldest);
    }
    answers.set(text, answer);
    return answer;
  };
}
