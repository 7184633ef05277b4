#pragma once

#include <node_api.h>

namespace affectlab {

// Adds the functions of sound.cc to what the addon exports.
void exportSoundFunctions(napi_env env, napi_value exports);

}  // namespace affectlab
