.PHONY: demo demo-down lab-host

lab-host:
	@$(PYTHON) -B lab/lab check-host

demo: lab-host ## boot the lab and show muster on real nodes (root)
	@$(PYTHON) -B lab/demo.py

demo-down: ## end the lab of make demo
	@$(PYTHON) -B lab/lab down
