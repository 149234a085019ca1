// SPDX-License-Identifier: MIT
namespace Denali.Kvm;

/// <summary>A range of guest memory that has contents in a memory base, in pages.</summary>
/// <param name="FirstPage">First page in guest memory.</param>
/// <param name="PageCount">How many.</param>
/// <param name="FilePage">Where the first one is in the base's file.</param>
internal readonly record struct BaseRange(uint FirstPage, uint PageCount, uint FilePage)
{
    /// <summary>First page behind it.</summary>
    internal uint End => FirstPage + PageCount;
}
