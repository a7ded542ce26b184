'use strict';
/**
 * Where the `sorry`s of a term come from. Lean writes `sorryAx type synthetic label`, with the
 * place in the text as label.
 */

const { DeclarationLocation, DeclarationRange } = require('./layouts.cjs');
const { LABELLED } = require('./terms.cjs');

class Sorries {
  constructor(lean, frontend, terms) {
    Object.assign(this, { lean, frontend, terms, objects: lean.objects });
  }

  /**
   * The place of a `sorry` that a term (borrowed) is, null if it has none, undefined if it is not
   * a whole `sorry`. Without a label, or with fewer arguments, its origin is unknown.
   *
   * @param application the term in which it is the function, if it is one
   */
  place(expr, application) {
    const count = this.terms.sorryArguments(expr);
    if (count === null || count >= LABELLED) return undefined;
    if (application === null) return null;
    return count + 1 === LABELLED ? this.label(application) : undefined;
  }

  /** The place in the text of a `sorry` that Lean has labelled with it, or null without label. */
  label(expr) {
    const { lean, objects: o } = this;
    const view = lean.call('l_Lean_Meta_isLabeledSorry_x3f', o.inc(expr));
    if (o.isScalar(view)) return null;
    // SorryLabelView is its only field, an Option of a DeclarationLocation.
    const location = o.field(view, 0);
    const place = o.isScalar(location) ? null : this.frontend.position(o.field(
      o.field(o.field(location, 0), DeclarationLocation.range), DeclarationRange.pos,
    ));
    o.dec(view);
    return place;
  }
}

module.exports = { Sorries };
