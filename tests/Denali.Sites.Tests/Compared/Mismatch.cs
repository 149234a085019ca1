// SPDX-License-Identifier: MIT
namespace Denali.Sites.Tests.Compared;

/// <summary>Something in which two responses to a request differ.</summary>
/// <param name="Name">The row of the table.</param>
/// <param name="Aspect">What differs: "status", "content", or the name of a field.</param>
/// <param name="Theirs">What nginx says.</param>
/// <param name="Ours">What Denali says.</param>
internal sealed record Mismatch(string Name, string Aspect, string Theirs, string Ours)
{
    public override string ToString() => $"{Name}: {Aspect} is {Ours}, of nginx {Theirs}";
}
