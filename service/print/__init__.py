"""Print: what content says, typeset on sheets by Typst, with maps drawn as SVG."""
