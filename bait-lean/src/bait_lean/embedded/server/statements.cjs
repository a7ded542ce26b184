'use strict';
/**
 * Compact texts of theorem statements, for retrieval: fast enough for a whole library.
 *
 * They read like Lean's own, but leave out implicit and instance arguments and binders; they are
 * for reading and ranking, not for elaboration.
 */

const { ExprTag, LevelTag } = require('./layouts.cjs');

const EXPLICIT = 0; // BinderInfo.default
const ARGUMENT = 1024; // precedence of an argument of an application
const APPLICATION = 1023;
const LOWEST = 0;
/** Binary notations: symbol, precedence of the whole, of the left and of the right side. */
const INFIX = new Map(Object.entries({
  'Iff': ['↔', 20, 21, 21],
  'Or': ['∨', 30, 31, 30],
  'And': ['∧', 35, 36, 35],
  'Eq': ['=', 50, 51, 51],
  'Ne': ['≠', 50, 51, 51],
  'HEq': ['≍', 50, 51, 51],
  'BEq.beq': ['==', 50, 51, 51],
  'bne': ['!=', 50, 51, 51],
  'LE.le': ['≤', 50, 51, 51],
  'LT.lt': ['<', 50, 51, 51],
  'GE.ge': ['≥', 50, 51, 51],
  'GT.gt': ['>', 50, 51, 51],
  'Membership.mem': ['∈', 50, 51, 51],
  'Dvd.dvd': ['∣', 50, 51, 51],
  'List.Perm': ['~', 50, 51, 51],
  'HasSubset.Subset': ['⊆', 50, 51, 51],
  'Bool.or': ['||', 30, 30, 31],
  'Bool.and': ['&&', 35, 35, 36],
  'or': ['||', 30, 30, 31],
  'and': ['&&', 35, 35, 36],
  'HOr.hOr': ['|||', 55, 55, 56],
  'HXor.hXor': ['^^^', 58, 58, 59],
  'HAnd.hAnd': ['&&&', 60, 60, 61],
  'HAdd.hAdd': ['+', 65, 65, 66],
  'HSub.hSub': ['-', 65, 65, 66],
  'HAppend.hAppend': ['++', 65, 65, 66],
  'List.cons': ['::', 67, 68, 67],
  'HMul.hMul': ['*', 70, 70, 71],
  'HDiv.hDiv': ['/', 70, 70, 71],
  'HMod.hMod': ['%', 70, 70, 71],
  'HShiftLeft.hShiftLeft': ['<<<', 75, 75, 76],
  'HShiftRight.hShiftRight': ['>>>', 75, 75, 76],
  'HPow.hPow': ['^', 75, 76, 75],
  'Function.comp': ['∘', 90, 91, 90],
}));
const SWAPPED = new Set(['Membership.mem']); // its container comes first
const PREFIX = new Map(Object.entries({ Not: ['¬', 40], 'Neg.neg': ['-', 75], not: ['!', 40] }));
const QUANTIFIER = new Map([['Exists', '∃']]);

class StatementPrinter {
  /** @param {(name: string) => {info: number} | undefined} constant finds imported constants */
  constructor(library, constant) {
    this.lean = library.lean;
    this.objects = library.objects;
    this.terms = library.terms;
    this.library = library;
    this.constant = constant;
    this.names = new Map(); // addresses of imported names never change
    this.explicitness = new Map();
  }

  /** {text, symbols} of a type (borrowed, imported). */
  statement(type) {
    this.symbols = new Set();
    return { text: this.print(type, [], LOWEST), symbols: [...this.symbols] };
  }

  name(name) {
    let text = this.names.get(name);
    if (text === undefined) {
      text = this.lean.names.text(name);
      this.names.set(name, text);
    }
    return text;
  }

  /** Prints a term; `bound` are the names of its bound variables, innermost last. */
  print(expr, bound, precedence) {
    const { objects: o } = this;
    switch (o.tag(expr)) {
      case ExprTag.bvar: return bound.at(-1 - o.unbox(o.field(expr, 0))) ?? '_';
      case ExprTag.sort: return this.sort(o.field(expr, 0));
      case ExprTag.const:
      case ExprTag.app: return this.application(expr, bound, precedence);
      case ExprTag.lam: return this.lambda(expr, bound, precedence);
      case ExprTag.forall: return this.pi(expr, bound, precedence);
      case ExprTag.let: return this.letBinding(expr, bound, precedence);
      case ExprTag.lit: return this.literal(o.field(expr, 0));
      case ExprTag.mdata: return this.print(o.field(expr, 1), bound, precedence);
      case ExprTag.proj: {
        const index = o.unbox(o.field(expr, 1)) + 1;
        return `${this.print(o.field(expr, 2), bound, ARGUMENT)}.${index}`;
      }
      default: return '_';
    }
  }

  parenthesised(text, own, precedence) {
    return own < precedence ? `(${text})` : text;
  }

  sort(level) {
    const { objects: o } = this;
    if (o.tag(level) === LevelTag.zero || o.isScalar(level)) return 'Prop';
    if (o.tag(level) !== LevelTag.succ) return 'Sort _';
    const below = o.field(level, 0);
    return o.isScalar(below) || o.tag(below) === LevelTag.zero ? 'Type' : 'Type _';
  }

  literal(literal) {
    const value = this.objects.field(literal, 0);
    return this.objects.tag(literal) === 0
      ? String(this.lean.natural(value))
      : JSON.stringify(this.objects.text(value));
  }

  // Binders -----------------------------------------------------------------------------------

  binderName(expr, bound) {
    const name = this.lean.names.visible(this.objects.field(expr, 0)) || 'x✝';
    return bound.includes(name) ? `${name}'` : name;
  }

  occurs(body) {
    const { lean, objects: o } = this;
    return lean.exports.lean_expr_has_loose_bvar(body, o.box(0)) !== 0;
  }

  pi(expr, bound, precedence) {
    const { objects: o } = this;
    const groups = []; // consecutive binders of one type share their parentheses
    const inner = [...bound];
    let term = expr;
    for (; o.tag(term) === ExprTag.forall; term = o.field(term, 2)) {
      const type = o.field(term, 1);
      const explicit = this.terms.binderInfo(term) === EXPLICIT;
      if (explicit && !this.occurs(o.field(term, 2))) break;
      const name = this.binderName(term, inner);
      const text = this.print(type, inner, LOWEST);
      if (explicit && groups.at(-1)?.text === text) groups.at(-1).names.push(name);
      else if (explicit) groups.push({ text, names: [name] });
      inner.push(name);
    }
    const binders = groups.map(({ text, names }) => `(${names.join(' ')} : ${text})`).join(' ');
    const own = o.tag(term) === ExprTag.forall ? 25 : LOWEST;
    const body = o.tag(term) === ExprTag.forall
      ? this.arrow(term, inner)
      : this.print(term, inner, LOWEST);
    if (binders) return this.parenthesised(`∀ ${binders}, ${body}`, LOWEST, precedence);
    return this.parenthesised(body, own, precedence);
  }

  arrow(expr, bound) {
    const { objects: o } = this;
    const left = this.print(o.field(expr, 1), bound, 26);
    return `${left} → ${this.print(o.field(expr, 2), [...bound, '_'], 25)}`;
  }

  lambda(expr, bound, precedence) {
    const { names, body } = this.lambdaParts(expr, bound);
    return this.parenthesised(`fun ${names.join(' ')} => ${body}`, LOWEST, precedence);
  }

  lambdaParts(expr, bound) {
    const { objects: o } = this;
    const inner = [...bound];
    let term = expr;
    for (; o.tag(term) === ExprTag.lam; term = o.field(term, 2)) {
      this.collect(o.field(term, 1));
      inner.push(this.binderName(term, inner));
    }
    return { names: inner.slice(bound.length), body: this.print(term, inner, LOWEST) };
  }

  letBinding(expr, bound, precedence) {
    const { objects: o } = this;
    const name = this.binderName(expr, bound);
    const value = this.print(o.field(expr, 2), bound, LOWEST);
    const body = this.print(o.field(expr, 3), [...bound, name], LOWEST);
    return this.parenthesised(`let ${name} := ${value}; ${body}`, LOWEST, precedence);
  }

  // Applications ------------------------------------------------------------------------------

  application(expr, bound, precedence) {
    const { objects: o } = this;
    const args = [];
    let head = expr;
    for (; o.tag(head) === ExprTag.app; head = o.field(head, 0)) args.unshift(o.field(head, 1));
    if (o.tag(head) !== ExprTag.const) return this.call(
      this.print(head, bound, ARGUMENT), args, bound, precedence,
    );
    const name = this.name(o.field(head, 0));
    this.symbols.add(name);
    const shown = args.filter((arg, i) => this.isExplicit(name, i) || this.collect(arg));
    return this.notation(name, args, shown, bound, precedence)
      ?? this.call(name, shown, bound, precedence);
  }

  call(head, args, bound, precedence) {
    if (args.length === 0) return head;
    const texts = args.map((arg) => this.print(arg, bound, ARGUMENT));
    return this.parenthesised([head, ...texts].join(' '), APPLICATION, precedence);
  }

  notation(name, args, shown, bound, precedence) {
    const { objects: o } = this;
    if (name === 'OfNat.ofNat' && args.length === 3) return this.print(args[1], bound, precedence);
    if (INFIX.has(name) && shown.length === 2) {
      const [symbol, own, left, right] = INFIX.get(name);
      const [first, second] = SWAPPED.has(name) ? [shown[1], shown[0]] : shown;
      const texts = [this.print(first, bound, left), this.print(second, bound, right)];
      return this.parenthesised(texts.join(` ${symbol} `), own, precedence);
    }
    if (PREFIX.has(name) && shown.length === 1) {
      const [symbol, own] = PREFIX.get(name);
      return this.parenthesised(`${symbol}${this.print(shown[0], bound, own)}`, own, precedence);
    }
    if (QUANTIFIER.has(name) && shown.length === 1 && o.tag(shown[0]) === ExprTag.lam) {
      const { names, body } = this.lambdaParts(shown[0], bound);
      const text = `${QUANTIFIER.get(name)} ${names.join(' ')}, ${body}`;
      return this.parenthesised(text, LOWEST, precedence);
    }
    return undefined;
  }

  /** Notes the symbols of a term that is not printed; returns false. */
  collect(expr) {
    const { objects: o } = this;
    this.terms.traverse(expr, (term) => {
      if (o.tag(term) === ExprTag.const) this.symbols.add(this.name(o.field(term, 0)));
    });
    return false;
  }

  /** Whether the i-th argument of a constant is explicit; those beyond its type count as such. */
  isExplicit(name, index) {
    let flags = this.explicitness.get(name);
    if (flags === undefined) {
      flags = this.binderFlags(name);
      this.explicitness.set(name, flags);
    }
    return flags[index] ?? true;
  }

  binderFlags(name) {
    const { objects: o } = this;
    const found = this.constant(name);
    const flags = [];
    if (!found) return flags;
    for (let t = this.library.read(found.info).type; o.tag(t) === ExprTag.forall;) {
      flags.push(this.terms.binderInfo(t) === EXPLICIT);
      t = o.field(t, 2);
    }
    return flags;
  }
}

// Which theorems are premises -------------------------------------------------------------------

/** Last components of names that Lean generates. */
const GENERATED = new Set([
  'sizeOf_spec', 'inj', 'injEq', 'noConfusion', 'congr_simp', 'eq_def', 'eq_unfold', 'induct',
  'induct_unfolding', 'fun_cases', 'fun_cases_unfolding', 'mutual_induct', 'rec', 'recOn',
  'casesOn', 'brecOn', 'below',
]);
const NUMBERED = /^(eq|congr_eq|match|proof|simp|omega|splitter)_\d+$/;
const INSTANCE = /^inst[A-Z]/;
const AXIOMS_AS_PREMISES = new Set(['propext', 'Quot.sound']);

/**
 * Whether a constant is worth offering: a public theorem with a name that somebody gave it, and
 * not one of the lemmas that tactics are implemented with (namespace `Lean`).
 */
function isPremise({ name, kind }) {
  if (kind !== 'theorem') return AXIOMS_AS_PREMISES.has(name);
  const parts = name.split('.');
  const last = parts.at(-1);
  return parts[0] !== 'Lean' && !GENERATED.has(last) && !INSTANCE.test(last)
    && !parts.some((part) => part.startsWith('_') || NUMBERED.test(part));
}

/** [[name, statement, [symbol]]] of the premises of an index, in import order. */
function premises(library, index, isForbidden) {
  const printer = new StatementPrinter(library, (name) => index.ofName.get(name));
  const rows = [];
  for (const constants of index.modules) {
    for (const constant of constants) {
      if (isPremise(constant) && !isForbidden(constant.name)) {
        const { text, symbols } = printer.statement(library.read(constant.info).type);
        rows.push([constant.name, text, symbols]);
      }
    }
  }
  return rows;
}

module.exports = { premises };
