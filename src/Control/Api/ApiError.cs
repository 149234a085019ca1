// SPDX-License-Identifier: MIT
namespace Denali.Control.Api;

/// <summary>Why something was not done.</summary>
/// <param name="Error">One line, with the cure.</param>
public sealed record ApiError(string Error);
