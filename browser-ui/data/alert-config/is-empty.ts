/** Whether an expression is none: agents take an empty one and a star for that (agent-api §11.5). */
export const isEmpty = (expression: string): boolean => expression.trim() === '' || expression.trim() === '*'
