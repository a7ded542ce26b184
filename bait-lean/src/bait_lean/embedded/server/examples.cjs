'use strict';
/**
 * Lean does not keep an `example`. Here it is elaborated as a definition with a name, which takes
 * variables as examples do, so that there is something to check.
 */

const { SyntaxNode } = require('./layouts.cjs');

const EXAMPLE = 'Lean.Parser.Command.example';
const DEFINITION = 'Lean.Parser.Command.definition';
const DECLARATION_NAME = 'Lean.Parser.Command.declId';
const NAME = 'bait_example_';
/** Lean's own commands, whose syntax shows which examples they elaborate. */
const OUTSIDE = /^(?:Lean\.|null$)/;
const MUTUAL = 'Lean.Parser.Command.mutual'; // may have several
/** What can't hold an example. */
const INSIDE = /^Lean\.Parser\.(?:Term|Tactic)\.|[qQ]uot$/;

class Examples {
  constructor(lean, frontend) {
    Object.assign(this, { lean, frontend, objects: lean.objects });
    this.count = 0; // of the text that is being elaborated
    this.taken = new Map();
  }

  /**
   * The Command.State (owned) after a command with its example made a definition, or null if the
   * command has none.
   *
   * @param taken the existing constants, by name
   */
  elaborate({ input, command, offset, after }, taken) {
    const { objects: o } = this;
    this.taken = taken;
    const named = this.renamed(command);
    if (named === null) return null;
    const state = this.frontend.elaborateCommand(input, named, offset, o.inc(after));
    o.dec(named);
    return state;
  }

  /** The syntax (owned) of a command with its example made a definition; null without one. */
  renamed(syntax) {
    const { lean, objects: o } = this;
    const kind = lean.syntaxKind(syntax);
    if (!OUTSIDE.test(kind) || INSIDE.test(kind) || kind === MUTUAL) return null;
    const args = o.elements(o.field(syntax, SyntaxNode.args));
    if (kind === EXAMPLE) return this.definition(syntax, args);
    for (const [i, argument] of args.entries()) {
      const changed = this.renamed(argument);
      if (changed !== null) {
        return this.node(syntax, kind, args.map((a, j) => (i === j ? changed : o.inc(a))));
      }
    }
    return null;
  }

  /** A definition (owned) in the place of an example, whose parts are borrowed. */
  definition(syntax, parts) {
    const { lean, objects: o } = this;
    const [, signature, value] = parts;
    const name = lean.names.make(this.nextName());
    const identifier = lean.call('l_Lean_mkIdentFrom', o.inc(syntax), name, o.box(0));
    const declared = this.node(syntax, DECLARATION_NAME, [identifier, this.nothing()]);
    const keyword = lean.call('l_Lean_mkAtom', o.string('def'));
    return this.node(syntax, DEFINITION,
      [keyword, declared, o.inc(signature), o.inc(value), this.nothing()]);
  }

  /** A name that no constant has, in whatever namespace; the same in texts with the same names. */
  nextName() {
    let name;
    do {
      this.count += 1;
      name = `${NAME}${this.count}`;
    } while ([...this.taken.keys()].some((other) => other.endsWith(name)));
    return name;
  }

  nothing() {
    return this.lean.call('l_Lean_mkNullNode', this.objects.array([]));
  }

  node(like, kind, args) {
    const { lean, objects: o } = this;
    return o.copyWith(like, SyntaxNode, {
      [SyntaxNode.kind]: lean.names.make(kind), [SyntaxNode.args]: o.array(args),
    });
  }
}

module.exports = { Examples };
