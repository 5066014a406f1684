"""A Jupyter server extension: tells a server that was started for nobody yet whom it serves.

PUT api/slipway/variables takes the variables of a launch (a JSON object, BINDER_… only) into the environment that the
server gives kernels, terminals and whatever else it starts. Whoever has the token may do so.
"""

import os

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

PREFIX = "BINDER_"


def is_variable(name, value):
    return name.startswith(PREFIX) and isinstance(value, str) and "\0" not in name + value and "=" not in name


class VariablesHandler(APIHandler):
    @web.authenticated
    def put(self):
        variables = self.get_json_body()
        if not isinstance(variables, dict) or not all(is_variable(*pair) for pair in variables.items()):
            raise web.HTTPError(400, "a JSON object of BINDER_ variables is expected")
        os.environ.update(variables)
        self.set_status(204)
        self.finish()


def _jupyter_server_extension_points():
    return [{"module": "slipway_session"}]


def _load_jupyter_server_extension(server):
    route = url_path_join(server.base_url, "api/slipway/variables")
    server.web_app.add_handlers(".*$", [(route, VariablesHandler)])
