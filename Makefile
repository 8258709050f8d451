# つながり台帳: `make demo` to see it, `make test` to check it; docs/ tells the rest.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
DEMO_DB := var/demo.db
DEMO_PASSWORD := mihon-no-pasuwaado
SENTENCES := -k N_ -k translate -k Refused -k Forbidden -k Conflict -k NotFound \
	-k TooManyAttempts -k FormatError -k UnreadableFile -k UnprintableDocument

.PHONY: demo test lint types tests tools lock audit messages pictures glyphs bench prove clean

demo: $(VENV)/runs $(DEMO_DB)
	@cat $(DEMO_DB).accounts
	@CRM_DATABASE_URL=sqlite:///$(DEMO_DB) CRM_DEMO=true CRM_SECOND_FACTOR=offered CRM_PORT=$(PORT) $(BIN)/crm serve

$(DEMO_DB): | $(VENV)/runs
	@mkdir -p var && rm -f $(DEMO_DB)*
	@CRM_DATABASE_URL=sqlite:///$(DEMO_DB).new $(BIN)/crm migrate
	@CRM_DATABASE_URL=sqlite:///$(DEMO_DB).new $(BIN)/crm sample-data --size station --seed 1 \
		--password $(DEMO_PASSWORD) > $(DEMO_DB).accounts
	@mv $(DEMO_DB).new $(DEMO_DB)

test: lint types tests

lint: $(VENV)/tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/tests
	$(BIN)/mypy

# the journeys drive Chromium, one after another: two at a time starve each other on two cores
tests: $(VENV)/tests tools
	$(BIN)/pytest -n 2 --dist loadgroup

tools:
	@sh tests/install-tools

$(VENV)/runs: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: make demo PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python's venv is missing (Debian: apt-get install python3-venv)"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/tests: $(VENV)/runs requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --group dev pyproject.toml -o requirements-dev.lock

# known weaknesses of what is installed, and the age of the lock (docs/security/updates.md)
audit:
	@test -n "$$(git log -1 --since='90 days ago' --format=%h -- requirements.lock)" \
		|| { echo "requirements.lock is older than 90 days: make lock"; exit 1; }
	@$(PYTHON) -m venv var/audit && var/audit/bin/pip install --quiet pip-audit
	var/audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.lock

messages: $(VENV)/runs
	@mkdir -p var
	$(BIN)/pybabel -q extract -F pyproject.toml $(SENTENCES) --no-location --sort-output \
		--omit-header -o var/messages.pot .
	$(BIN)/pybabel -q update -i var/messages.pot -d crm/locale -l en --init-missing --width 100 \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

# the pictures of README; needs poppler-utils beside what the tests need
pictures: $(VENV)/tests tools
	$(BIN)/python -m tests.support.pictures

# what the fonts of paper can draw, written down anew after one of them was changed
glyphs: $(VENV)/tests
	$(BIN)/python -m tests.support.coverage

# on the prefecture sample; takes a quarter of an hour on two CPUs that have nothing else to do;
# ONLY=files takes three minutes of it
bench: $(VENV)/tests tools
	$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY))

# every claim at full size that this commit has no row for in docs/proofs.md, or ONLY=G1,G7
prove: $(VENV)/tests
	$(BIN)/python -m tests.proof $(if $(ONLY),--only $(ONLY)) $(if $(SIZE),--size $(SIZE))

clean:
	rm -rf $(VENV) var dist
