// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tests.Conformance;

/// <summary>The stack did not do what a script says, or the script makes no sense.</summary>
internal sealed class ScriptFailureException(string message) : Exception(message);
