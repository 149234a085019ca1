// SPDX-License-Identifier: MIT
namespace Internal.Runtime.CompilerHelpers;

/// <summary>ILC looks here for start-up code of its own, which <see cref="ModuleStartup"/> makes unnecessary.</summary>
internal static class StartupCodeHelpers;
