// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The name of an indexer in IL.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IndexerNameAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="indexerName">The name.</param>
    public IndexerNameAttribute(string indexerName)
    {
    }
}
