// SPDX-License-Identifier: MIT
using System.Reflection.Metadata;

namespace Denali.GuestChecker;

/// <summary>Names of what tokens mean.</summary>
public static class MetadataNames
{
    /// <summary>The full name of a type.</summary>
    /// <param name="reader">The metadata.</param>
    /// <param name="type">A definition or reference; of an instantiation, the generic type.</param>
    /// <returns>Namespace and name, empty for arrays and the like.</returns>
    public static string OfType(MetadataReader reader, EntityHandle type)
    {
        switch (type.Kind)
        {
            case HandleKind.TypeDefinition:
                TypeDefinition definition = reader.GetTypeDefinition((TypeDefinitionHandle)type);
                return Join(reader, definition.Namespace, definition.Name);
            case HandleKind.TypeReference:
                TypeReference reference = reader.GetTypeReference((TypeReferenceHandle)type);
                return Join(reader, reference.Namespace, reference.Name);
            default:
                return string.Empty;
        }
    }

    /// <summary>The type and name of a method that is called.</summary>
    /// <param name="reader">The metadata.</param>
    /// <param name="method">A definition, a reference or an instantiation.</param>
    /// <returns>The type that it belongs to and its name.</returns>
    public static (EntityHandle Type, string Name) OfMethod(MetadataReader reader, EntityHandle method)
    {
        switch (method.Kind)
        {
            case HandleKind.MethodDefinition:
                MethodDefinition definition = reader.GetMethodDefinition((MethodDefinitionHandle)method);
                return (definition.GetDeclaringType(), reader.GetString(definition.Name));
            case HandleKind.MemberReference:
                MemberReference reference = reader.GetMemberReference((MemberReferenceHandle)method);
                return (reference.Parent, reader.GetString(reference.Name));
            case HandleKind.MethodSpecification:
                return OfMethod(reader, reader.GetMethodSpecification((MethodSpecificationHandle)method).Method);
            default:
                return (default, string.Empty);
        }
    }

    /// <summary>The full name of an attribute's type.</summary>
    /// <param name="reader">The metadata.</param>
    /// <param name="attribute">The attribute.</param>
    /// <returns>Namespace and name.</returns>
    public static string OfAttribute(MetadataReader reader, CustomAttributeHandle attribute) =>
        OfType(reader, OfMethod(reader, reader.GetCustomAttribute(attribute).Constructor).Type);

    private static string Join(MetadataReader reader, StringHandle space, StringHandle name) =>
        space.IsNil ? reader.GetString(name) : $"{reader.GetString(space)}.{reader.GetString(name)}";
}
