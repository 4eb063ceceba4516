.PHONY: demo demo-down lab-host test-vm

lab-host:
	@$(PYTHON) -B lab/lab check-host

demo: lab-host ## boot the lab and show muster on real nodes (root)
	@$(PYTHON) -B lab/demo.py

demo-down: ## end the lab of make demo
	@$(PYTHON) -B lab/lab down

# Outside of `make test`: a machine without hardware support takes some ten minutes. A lab of its
# own name, of the master alone: it runs beside another one.
test-vm: lab-host .venv/ready ## tests in virtual machines with a kernel of their own (root, qemu)
	MUSTER_LAB_NAME=vm MUSTER_LAB_NODES=master .venv/bin/pytest -v -s tests/vm
