"""Where a language writes dates other than Django does: FORMAT_MODULE_PATH."""
