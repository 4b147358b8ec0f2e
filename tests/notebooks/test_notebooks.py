"""The notebooks run from the first cell to the last."""

from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(scope="module")
def kernel():
    """A kernel for all notebooks, each of which finds it without a name of the one before."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(FOLDER.parent))
        environment.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        started = AsyncKernelManager(kernel_name="python3")
        yield started
    run_sync(started.shutdown_kernel)(now=True)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs_and_draws(path, kernel):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, new_code_cell("%reset -f"))
    client = NotebookClient(notebook, km=kernel, timeout=150, allow_errors=False)
    client.execute(cwd=str(FOLDER))
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(pictures) >= 2
    assert not [o for o in outputs if o.output_type == "error"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_is_stored_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
